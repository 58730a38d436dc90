namespace Failover;

public sealed class DaemonSignalsTests : IDisposable
{
    private readonly DaemonSignals signals = new();
    private int reloads;

    public void Dispose() => signals.Dispose();

    [Fact]
    public void A_reload_that_is_asked_for_before_anybody_can_do_it_is_remembered_once()
    {
        signals.AskToReload();
        signals.AskToReload();

        signals.OnReload(() => reloads++);

        reloads.ShouldBe(1);
        signals.AskToReload();
        reloads.ShouldBe(2);
    }

    [Fact]
    public void No_reload_is_made_up()
    {
        signals.OnReload(() => reloads++);

        reloads.ShouldBe(0);
    }

    [Fact]
    public void A_requested_stop_is_remembered_and_a_second_request_is_something_else()
    {
        signals.StopRequested.IsCompleted.ShouldBeFalse();

        signals.AskToStop().ShouldBeTrue();

        signals.StopRequested.IsCompleted.ShouldBeTrue();
        signals.AskToStop().ShouldBeFalse();
    }
}
