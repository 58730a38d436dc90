namespace Failover;

public sealed class EventLogTests
{
    [Fact]
    public void A_change_of_state_is_written_with_its_reason() =>
        EventLog
            .Text(new StateChange("mail", HealthState.Ok, HealthState.Fail, "refused"))
            .ShouldBe("ok -> fail: refused");

    [Fact]
    public void A_change_to_error_is_written_so() =>
        EventLog
            .Text(new StateChange("mail", HealthState.Fail, HealthState.Error, "stale"))
            .ShouldBe("fail -> error: stale");

    [Theory]
    [InlineData("alice", "POST by alice from 192.0.2.7: Armed")]
    [InlineData("al\nice", @"POST by al\u000aice from 192.0.2.7: Armed")]
    [InlineData(null, "POST by nobody from 192.0.2.7: Armed")]
    public void A_POST_is_written_with_user_source_and_outcome(string? user, string text) =>
        EventLog.Text(new PostAudit("mail", user, "192.0.2.7", "Armed")).ShouldBe(text);

    [Fact]
    public async Task Each_event_is_one_line_with_the_time_whatever_is_in_it()
    {
        StringWriter output = new() { NewLine = "\n" };
        EventRing events = new(capacity: 10);
        events.Publish(new StateChange("ma\til", HealthState.Ok, HealthState.Fail, "no\r\nway\u001b[2J"));
        events.Publish(new PostAudit("mail", "x\ny", "::1", "Armed"));
        events.Complete();

        await new EventLog(output, TimeProvider.System).WriteAllAsync(events);

        string[] lines = output.ToString().Split('\n');
        lines.Length.ShouldBe(3);
        lines[0]
            .ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /ma\\u0009il ok -> fail: no\\u000d\\u000away\\u001b\[2J$");
        lines[1].ShouldMatch(@"Z /mail POST by x\\u000ay from ::1: Armed$");
        lines[2].ShouldBeEmpty();
    }

    [Fact]
    public async Task A_line_that_cannot_be_written_is_lost_and_the_next_one_is_not()
    {
        FullDisk output = new() { NewLine = "\n" };
        EventRing events = new(capacity: 10);
        events.Publish(new StateChange("mail", HealthState.Ok, HealthState.Fail, "lost"));
        events.Publish(new StateChange("mail", HealthState.Fail, HealthState.Ok, "written"));
        events.Complete();

        await new EventLog(output, TimeProvider.System).WriteAllAsync(events);

        output.ToString().ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /mail fail -> ok: written\n$");
    }

    /// <summary>Has no room for the first line.</summary>
    private sealed class FullDisk : StringWriter
    {
        private bool hasRoom;

        public override void WriteLine(string? value)
        {
            if (!hasRoom)
            {
                hasRoom = true;
                throw new IOException("no space left on device");
            }

            base.WriteLine(value);
        }
    }

    [Fact]
    public void A_warning_is_one_line()
    {
        StringWriter output = new() { NewLine = "\n" };

        new EventLog(output, TimeProvider.System).WriteWarning("users:3:\nweak");

        output.ToString().ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ warning: users:3:\\u000aweak\n$");
    }

    [Fact]
    public void Each_line_of_an_error_is_a_line()
    {
        StringWriter output = new() { NewLine = "\n" };

        new EventLog(output, TimeProvider.System).WriteError("not taken:\na:1:2: \u001bbad\n");

        output.ToString().ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ error: not taken:\n  a:1:2: \\u001bbad\n$");
    }

    [Fact]
    public async Task A_secret_is_taken_out_of_all_that_is_said()
    {
        StringWriter output = new() { NewLine = "\n" };
        EventRing events = new(capacity: 10);
        events.Publish(new StateChange("a-hunter2", HealthState.Ok, HealthState.Fail, "b-hunter2"));
        events.Publish(new PostAudit("c-hunter2", "d-hunter2", "e-hunter2", "f-hunter2"));
        events.Complete();
        EventLog log = new(output, TimeProvider.System, redact: text => text.Replace("hunter2", "…"));

        log.WriteInfo("g-hunter2");
        log.WriteNotice("h-hunter2");
        log.WriteWarning("i-hunter2");
        log.WriteError("j-hunter2\nk-hunter2");
        await log.WriteAllAsync(events);

        output.ToString().ShouldNotContain("hunter2");
        output.ToString().Count(character => character == '…').ShouldBe(11);
    }

    [Fact]
    public void A_line_looks_as_the_format_says()
    {
        StringWriter output = new() { NewLine = "\n" };
        ManualTime time = new();

        new EventLog(output, time, (entry, at) => $"{entry.Severity} at {at:HH}").WriteNotice("reloaded");

        output.ToString().ShouldBe("Notice at 00\n");
    }

    [Fact]
    public void A_warning_that_cannot_be_written_harms_nobody() =>
        Should.NotThrow(() => new EventLog(new FullDisk(), TimeProvider.System).WriteWarning("lost"));
}
