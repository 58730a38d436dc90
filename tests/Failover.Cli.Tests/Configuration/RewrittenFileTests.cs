using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A file that is rewritten from the short form to the nested one, or back, loses no state: neither a latch nor a streak, over
/// a reload or a restart.</summary>
public sealed class RewrittenFileTests : IAsyncDisposable
{
    private readonly ConfigurationFolder folder = new();
    private readonly ManualTime time = new();
    private readonly Socket target = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private HealthEngine? engine;

    private HealthEngine Engine => engine ?? throw new InvalidOperationException("not started");

    // Bound and not listening: whoever connects is refused, and nobody else can take the port.
    private string Tcp
    {
        get
        {
            if (!target.IsBound)
            {
                target.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            }

            return string.Create(
                CultureInfo.InvariantCulture,
                $"tcp: \"127.0.0.1:{((IPEndPoint)target.LocalEndPoint!).Port}\""
            );
        }
    }

    private string ShortForm =>
        """
            components:
              latched: { TCP, fail_after: 2, latch: users}
              counted: { TCP, fail_after: 3}
              looped: { TCP, interval: 10s, fail_after: 2, latch: users}
            """.Replace("TCP", Tcp, StringComparison.Ordinal);

    private string Nested =>
        """
            components:
              latched: {toggle: {to_fail: {hysteresis: {task: { TCP }, fail_after: 2}}, to_ok: {oneshot: {auth: users}}}, on_post: to_ok.fire}
              counted: {hysteresis: {task: { TCP }, fail_after: 3}}
              looped:
                toggle:
                  to_fail: {background: {task: {hysteresis: {task: { TCP }, fail_after: 2}}, interval: 10s}}
                  to_ok: {oneshot: {auth: users}}
                on_post: to_ok.fire
            """.Replace("TCP", Tcp, StringComparison.Ordinal);

    public static TheoryData<bool> Ways => [true, false];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Over_a_reload(bool isFromShort)
    {
        await StartAsync(isFromShort ? ShortForm : Nested);
        (await PollAsync("latched", 2)).ShouldBe("OF");
        (await PollAsync("counted", 2)).ShouldBe("OO");
        Of("looped").LastKnown().State.ShouldBe(Ok, "one of two");

        Replace(isFromShort ? Nested : ShortForm);

        Of("latched").LastKnown().IsLatched.ShouldBeTrue();
        Of("latched").LastKnown().IsCarriedOver.ShouldBeFalse("nothing has changed");
        (await PollAsync("counted", 1)).ShouldBe("F", "the third in a row");
        await AdvanceAsync();
        IsLatchedOnceStored("looped").ShouldBeTrue("the second in a row");
        (await Engine.FireAsync(Of("latched"))).Outcome.ShouldBe(OperationOutcome.Armed);
        (await PollAsync("latched", 2)).ShouldBe("OF", "and the target is still down");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Over_a_restart(bool isFromShort)
    {
        await StartAsync(isFromShort ? ShortForm : Nested);
        (await PollAsync("latched", 2)).ShouldBe("OF");
        (await PollAsync("counted", 3)).ShouldBe("OOF");
        await AdvanceAsync();
        await Engine.DisposeAsync();

        await StartAsync(isFromShort ? Nested : ShortForm);

        Of("latched").LastKnown().IsLatched.ShouldBeTrue();
        Of("looped").LastKnown().IsLatched.ShouldBeTrue();
        Of("counted").LastKnown().State.ShouldBe(Fail);
        (await Engine.FireAsync(Of("latched"))).Outcome.ShouldBe(OperationOutcome.Armed);
    }

    [Fact]
    public async Task A_latch_with_an_interval_is_set_at_the_turn_and_probing_goes_on()
    {
        await StartAsync(ShortForm);
        await AdvanceAsync();

        IsLatchedOnceStored("looped").ShouldBeTrue("though nobody has polled");
        Instant? last = Engine.ProbesOf(Of("looped")).Last;
        await AdvanceAsync();
        Engine.ProbesOf(Of("looped")).Last!.Value.ShouldBeGreaterThan(last!.Value);
    }

    [Fact]
    public async Task A_latch_on_demand_is_polled_without_a_probe_and_probed_again_after_the_reset()
    {
        await StartAsync(ShortForm);
        (await PollAsync("latched", 2)).ShouldBe("OF");
        Instant? last = Engine.ProbesOf(Of("latched")).Last;
        time.Advance(TimeSpan.FromSeconds(1));

        (await PollAsync("latched", 3)).ShouldBe("FFF");
        Engine.ProbesOf(Of("latched")).Last.ShouldBe(last);

        target.Listen();
        await Engine.FireAsync(Of("latched"));
        (await PollAsync("latched", 1)).ShouldBe("O");
        Engine.ProbesOf(Of("latched")).Last!.Value.ShouldBeGreaterThan(last!.Value);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        target.Dispose();
        folder.Dispose();
    }

    private async Task StartAsync(string text)
    {
        engine = new(time, new SqliteStateStore(folder["state.db"]));
        Replace(text);
        engine.Start();
        await engine.WhenIdleAsync();
    }

    private void Replace(string text)
    {
        FailoverConfiguration read = folder.Write(ConfigurationFolder.Main, text).ReadGood();
        Engine.Replace(read.Components, read.TaskNames);
    }

    private async Task AdvanceAsync()
    {
        time.Advance(TimeSpan.FromSeconds(10));
        await Engine.WhenIdleAsync();
    }

    // Real time: a latch is published once the disk has it.
    private bool IsLatchedOnceStored(string name) =>
        SpinWait.SpinUntil(() => Of(name).LastKnown().IsLatched, TimeSpan.FromSeconds(30));

    private Component Of(string name) => Engine.Components.Single(component => component.Name == name);

    private async Task<string> PollAsync(string name, int times)
    {
        string answers = "";
        for (int i = 0; i < times; i++)
        {
            answers += (await Of(name).AnswerAsync()).State.ToString()[0];
        }

        return answers;
    }
}
