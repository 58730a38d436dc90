namespace Failover;

/// <summary>Components whose latch could never be reset.</summary>
public sealed class AddComponentTests
{
    [Fact]
    public async Task A_latch_that_no_POST_could_reset_is_refused()
    {
        await using HealthCheckServer server = new(0, "127.0.0.1") { Output = TextWriter.Null };
        Toggle latch = new(new ScriptedCheck(), toOk: new Hysteresis(new Oneshot()));

        ArgumentException refusal = Should.Throw<ArgumentException>(() =>
            server.AddComponent("mail_1", new Toggle(toFail: latch, toOk: new ScriptedCheck()))
        );

        refusal.ParamName.ShouldBe("onPost");
        refusal.Message.ShouldStartWith(
            "the latch of \"mail_1\" at toFail is reset by a POST alone, and \"mail_1\" has no onPost; "
                + "accepted: onPost: Reset of that toggle, or Fire of its oneshot, and auth in that oneshot"
        );
    }

    [Fact]
    public async Task A_oneshot_that_could_never_be_used_is_refused()
    {
        await using HealthCheckServer server = new(0, "127.0.0.1") { Output = TextWriter.Null };
        Oneshot reset = new(auth: new HtpasswdFile("/nowhere/users"));

        foreach (
            (HealthTask task, string place) in new (HealthTask, string)[]
            {
                (reset, ""),
                (new Hysteresis(reset), " at task"),
                (new Toggle(toFail: reset, toOk: reset), " at toFail"),
                (new Toggle(new ScriptedCheck(), new Toggle(toFail: reset, toOk: reset)), " at toOk.toFail"),
            }
        )
        {
            ArgumentException refusal = Should.Throw<ArgumentException>(() =>
                server.AddComponent("mail", task, reset.Fire)
            );

            refusal.ParamName.ShouldBe("task");
            refusal.Message.ShouldStartWith(
                $"the oneshot of \"mail\"{place} is not in the toOk of its toggle: a fire of it would reset nothing; "
                    + "accepted: a oneshot in the toOk of a toggle"
            );
        }

        server.AddComponent(
            "mail",
            new Toggle(toFail: new Toggle(new ScriptedCheck(), reset), toOk: reset),
            reset.Fire
        );
    }
}
