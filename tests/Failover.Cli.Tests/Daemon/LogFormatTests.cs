using System.Text.Json;

namespace Failover;

public sealed class LogFormatTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 14, 0, 0, TimeSpan.FromHours(2));

    private static readonly LogEntry Down = LogEntry.Of(
        new StateChange("mail", HealthState.Ok, HealthState.Fail, "refused")
    );

    private static readonly LogEntry Reset = LogEntry.Of(new PostAudit("mail", "alice", "192.0.2.7", "Armed"));

    [Fact]
    public void A_line_for_people_begins_with_the_time_in_UTC() =>
        EventLog.ForPeople(Down, Noon).ShouldBe("2026-11-24T12:00:00Z /mail ok -> fail: refused");

    [Theory]
    [InlineData(HealthState.Ok, "<5>/mail error -> ok: why")]
    [InlineData(HealthState.Fail, "<4>/mail error -> fail: why")]
    [InlineData(HealthState.Error, "<3>/mail error -> error: why")]
    public void A_line_for_the_journal_begins_with_the_priority_and_has_no_time(HealthState to, string line) =>
        LogFormat.ToJournal(LogEntry.Of(new StateChange("mail", HealthState.Error, to, "why")), Noon).ShouldBe(line);

    [Theory]
    [InlineData("Armed", "<5>/mail POST by alice from ::1: Armed")]
    [InlineData("Unauthorized", "<4>/mail POST by alice from ::1: Unauthorized")]
    public void A_POST_that_came_to_nothing_is_a_warning(string outcome, string line) =>
        LogFormat.ToJournal(LogEntry.Of(new PostAudit("mail", "alice", "::1", outcome)), Noon).ShouldBe(line);

    [Fact]
    public void To_the_journal_each_line_of_an_error_has_its_priority() =>
        LogFormat
            .ToJournal(new(Severity.Error, ["not taken:", "a:1:2: bad"]), Noon)
            .ShouldBe("<3>not taken:\n<3>  a:1:2: bad");

    [Fact]
    public void A_change_is_an_object_with_a_field_for_each_thing_it_says() =>
        LogFormat
            .ToJson(Down, Noon)
            .ShouldBe(
                """{"time":"2026-11-24T12:00:00.000Z","level":"warning","event":"state","component":"mail","from":"ok","to":"fail","reason":"refused","id":1,"name":"StateChanged","message":"/mail ok -> fail: refused"}"""
            );

    [Fact]
    public void A_maintenance_window_is_an_object_too()
    {
        MaintenanceWindow window = new("backup", MaintenanceState.Hold, "weekly", Noon, Noon + TimeSpan.FromHours(1));
        LogFormat
            .ToJson(LogEntry.Of(new MaintenanceChange(window, MaintenanceStep.Opened)), Noon)
            .ShouldBe(
                """{"time":"2026-11-24T12:00:00.000Z","level":"notice","event":"maintenance","maintenance":"backup","step":"opened","id":7,"name":"MaintenanceChanged","message":"maintenance backup opened: backup, hold until 2026-11-24 13:00:00 UTC: weekly"}"""
            );
        LogFormat
            .ToJournal(LogEntry.Of(new MaintenanceChange(window, MaintenanceStep.YieldedToLatch, "mail")), Noon)
            .ShouldBe("<4>/mail maintenance yields to a latch: backup, hold until 2026-11-24 13:00:00 UTC: weekly");
    }

    [Fact]
    public void A_POST_is_an_object_too() =>
        LogFormat
            .ToJson(Reset, Noon)
            .ShouldBe(
                """{"time":"2026-11-24T12:00:00.000Z","level":"notice","event":"post","component":"mail","user":"alice","source":"192.0.2.7","outcome":"Armed","id":2,"name":"PostAnswered","message":"/mail POST by alice from 192.0.2.7: Armed"}"""
            );

    [Fact]
    public void What_is_about_the_daemon_is_an_object_with_its_lines() =>
        LogFormat
            .ToJson(new(Severity.Error, ["not taken:", "bad"]) { Id = LogEvents.ReloadRejected }, Noon)
            .ShouldBe(
                """{"time":"2026-11-24T12:00:00.000Z","level":"error","event":"daemon","id":21,"name":"ReloadRejected","message":"not taken:\nbad"}"""
            );

    [Theory]
    [InlineData("no\r\nway")]
    [InlineData("\u001b[2J\u0000\u009b")]
    [InlineData("\u202eevil\u2028next")]
    [InlineData("\"quoted\\\"")]
    [InlineData("smile \ud83d\ude00 \ud83d alone")]
    public void Whatever_a_peer_says_is_one_printable_line_in_every_format(string reason)
    {
        LogEntry entry = LogEntry.Of(new StateChange(reason, HealthState.Ok, HealthState.Fail, reason));

        foreach (LineFormat format in new LineFormat[] { EventLog.ForPeople, LogFormat.ToJournal, LogFormat.ToJson })
        {
            string line = format(entry, Noon);
            line.ShouldBe(Printable.Escape(line, int.MaxValue));
        }
    }

    [Theory]
    [InlineData("no\r\nway")]
    [InlineData("\u202eevil\u2028next\u0007")]
    [InlineData("smile \ud83d\ude00")]
    public void A_program_that_reads_JSON_gets_what_was_said(string reason)
    {
        string line = LogFormat.ToJson(
            LogEntry.Of(new StateChange("mail", HealthState.Ok, HealthState.Fail, reason)),
            Noon
        );

        JsonDocument.Parse(line).RootElement.GetProperty("reason").GetString().ShouldBe(reason);
    }

    [Fact]
    public void What_a_library_says_is_an_object_with_its_category() =>
        LogFormat
            .ToJson(new(Severity.Warning, ["Web: slow"]) { Id = new(22), Category = "Web" }, Noon)
            .ShouldBe(
                """{"time":"2026-11-24T12:00:00.000Z","level":"warning","event":"daemon","category":"Web","id":22,"name":null,"message":"Web: slow"}"""
            );

    [Theory]
    [InlineData(null, false, "text")]
    [InlineData(null, true, "journald")]
    [InlineData("json", true, "json")]
    [InlineData("text", true, "text")]
    [InlineData("journald", false, "journald")]
    public void Where_none_is_asked_for_the_journal_gets_its_own(string? asked, bool isJournal, string format) =>
        LogFormat.Of(asked, isJournal)(Down, Noon).ShouldBe(LogFormat.Of(format, isJournal: false)(Down, Noon));
}
