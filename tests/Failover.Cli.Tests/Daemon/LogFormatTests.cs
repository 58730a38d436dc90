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
                """{"time":"2026-11-24T12:00:00.000Z","level":"warning","event":"state","component":"mail","from":"ok","to":"fail","reason":"refused","message":"/mail ok -> fail: refused"}"""
            );

    [Fact]
    public void A_POST_is_an_object_too() =>
        LogFormat
            .ToJson(Reset, Noon)
            .ShouldBe(
                """{"time":"2026-11-24T12:00:00.000Z","level":"notice","event":"post","component":"mail","user":"alice","source":"192.0.2.7","outcome":"Armed","message":"/mail POST by alice from 192.0.2.7: Armed"}"""
            );

    [Fact]
    public void What_is_about_the_daemon_is_an_object_with_its_lines() =>
        LogFormat
            .ToJson(new(Severity.Error, ["not taken:", "bad"]), Noon)
            .ShouldBe(
                """{"time":"2026-11-24T12:00:00.000Z","level":"error","event":"daemon","message":"not taken:\nbad"}"""
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
            format(entry, Noon).ShouldNotContain(character => Printable.IsUnprintable(character));
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

    [Theory]
    [InlineData(null, "", true, "text")]
    [InlineData(null, "", false, "text")]
    [InlineData(null, "8:1234", false, "journald")]
    [InlineData(null, "8:1234", true, "text")]
    [InlineData("json", "8:1234", true, "json")]
    [InlineData("text", "8:1234", false, "text")]
    [InlineData("journald", "", true, "journald")]
    public void Where_none_is_asked_for_the_journal_gets_its_own_and_a_terminal_text(
        string? asked,
        string stream,
        bool isTerminal,
        string format
    )
    {
        LineFormat expected = LogFormat.Of(format, _ => null, isTerminal: true);

        LogFormat
            .Of(asked, name => name == "JOURNAL_STREAM" ? stream : null, isTerminal)(Down, Noon)
            .ShouldBe(expected(Down, Noon));
    }
}
