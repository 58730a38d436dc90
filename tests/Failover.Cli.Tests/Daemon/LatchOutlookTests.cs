namespace Failover;

/// <summary>What the log of a start tells of latched components.</summary>
public sealed class LatchOutlookTests
{
    [Fact]
    public async Task A_line_is_neither_cut_nor_escaped_before_secrets_are_taken_out()
    {
        string name = new string('n', 495) + "-hunter2";
        await using HealthService service = new(new ManualTime());
        Toggle latched = new(
            toFail: new DelegateCheck(() => true),
            toOk: new DelegateCheck(() => false),
            initialState: HealthState.Fail
        );
        service.Add(new(name, latched));
        service.Start(_ => { }, _ => { });

        LatchOutlook.AtStart(service.Components).ShouldHaveSingleItem().ShouldStartWith($"/{name} is fail");
    }
}
