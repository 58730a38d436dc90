using Microsoft.Extensions.Logging;

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

        await WriteAsync(output, log => log.WriteAllAsync(events));

        string[] lines = output.ToString().Split('\n');
        lines.Length.ShouldBe(3);
        lines[0]
            .ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /ma\\u0009il ok -> fail: no\\u000d\\u000away\\u001b\[2J$");
        lines[1].ShouldMatch(@"Z /mail POST by x\\u000ay from ::1: Armed$");
        lines[2].ShouldBeEmpty();
    }

    [Theory]
    [InlineData(3, "2 events were")]
    [InlineData(2, "1 event was")]
    public async Task Events_that_it_did_not_take_in_time_are_counted(int published, string missed)
    {
        StringWriter output = new() { NewLine = "\n" };
        EventRing events = new(capacity: 1);
        for (int i = 1; i <= published; i++)
        {
            events.Publish(new PostAudit("mail", "alice", "::1", $"{i}"));
        }

        events.Complete();

        await WriteAsync(output, log => log.WriteAllAsync(events));

        output
            .ToString()
            .ShouldMatch(
                $@"^\S+Z warning: {missed} missed by this log, which did not take them in time\n\S+Z /mail POST by alice from ::1: {published}\n$"
            );
    }

    [Fact]
    public async Task A_warning_is_one_line()
    {
        StringWriter output = new() { NewLine = "\n" };

        await WriteAsync(output, log => log.WriteWarning(LogEvents.PasswordFile, "users:3:\nweak"));

        output.ToString().ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ warning: users:3:\\u000aweak\n$");
    }

    [Fact]
    public async Task Each_line_of_an_error_is_a_line()
    {
        StringWriter output = new() { NewLine = "\n" };

        await WriteAsync(output, log => log.WriteError(LogEvents.ReloadRejected, "not taken:\na:1:2: \u001bbad\n"));

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

        log.WriteInfo(default, "g-hunter2");
        log.WriteNotice(default, "h-hunter2");
        log.WriteWarning(default, "i-hunter2");
        log.WriteError(default, "j-hunter2\nk-hunter2");
        await log.WriteAllAsync(events);
        await log.DisposeAsync();

        output.ToString().ShouldNotContain("hunter2");
        output.ToString().Count(character => character == '…').ShouldBe(11);
    }

    [Fact]
    public async Task A_secret_is_taken_out_before_a_line_is_cut()
    {
        StringWriter output = new() { NewLine = "\n" };
        await using HealthService service = new(new ManualTime());
        string name = new string('n', 495) + "-hunter2";
        service.Add(new(name, new DelegateCheck(() => true)));
        EventLog log = new(output, TimeProvider.System, redact: text => text.Replace("hunter2", "secret"));

        log.WriteStart("http://127.0.0.1:80", service.Components);
        await log.DisposeAsync();

        output.ToString().ShouldNotContain("hunt");
    }

    [Fact]
    public async Task A_logger_that_throws_ends_nothing()
    {
        EventRing events = new(capacity: 10);
        events.Publish(new PostAudit("mail", "alice", "::1", "Armed"));
        events.Complete();
        using BrokenLogger logger = new();
        await using EventLog log = new(logger);

        log.WriteWarning(LogEvents.StateStore, "told to nobody");
        await log.WriteAllAsync(events);

        logger.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task A_message_of_a_library_that_is_suppressed_is_not_made()
    {
        int made = 0;
        EventLog log = new(TextWriter.Null, new ManualTime());
        ILogger library = log.Factory.CreateLogger("Library");

        for (int i = 0; i < 3; i++)
        {
            library.Log(LogLevel.Warning, new EventId(7), state: 0, exception: null, (_, _) => $"{++made}");
        }

        await log.DisposeAsync();
        made.ShouldBe(1);
    }

    [Fact]
    public async Task A_line_looks_as_the_format_says()
    {
        StringWriter output = new() { NewLine = "\n" };
        EventLog log = new(output, new ManualTime(), (entry, at) => $"{entry.Severity} at {at:HH}");

        log.WriteNotice(LogEvents.Reloaded, "reloaded");
        await log.DisposeAsync();

        output.ToString().ShouldBe("Notice at 00\n");
    }

    [Fact]
    public async Task How_many_lines_a_blocked_log_has_lost_is_a_warning_and_each_component_s_newest_change_follows()
    {
        using BlockableWriter output = new();
        output.Block();
        EventLog log = new(output, new ManualTime(), (entry, _) => EventLog.Message(entry, " | "));
        EventRing events = new(capacity: 10);
        log.WriteWarning(default, "first");
        output.WaitUntilReached();
        log.WriteError(default, string.Concat(Enumerable.Repeat("no room\n", LogQueue.Capacity / 10)));

        log.WriteError(default, "lost\nand lost");
        events.Publish(new StateChange("mail", HealthState.Ok, HealthState.Fail, "lost"));
        events.Publish(new PostAudit("mail", "alice", "192.0.2.7", "Armed"));
        events.Publish(new StateChange("mail", HealthState.Fail, HealthState.Ok, "kept"));
        events.Complete();
        await log.WriteAllAsync(events);
        output.Unblock();
        await log.DisposeAsync();

        output
            .Lines.Skip(2)
            .ShouldBe([
                "3 lines were dropped from this log, which did not take them in time",
                "/mail fail -> ok: kept",
            ]);
    }

    private static Task WriteAsync(TextWriter output, Action<EventLog> write) =>
        WriteAsync(
            output,
            log =>
            {
                write(log);
                return Task.CompletedTask;
            }
        );

    private static async Task WriteAsync(TextWriter output, Func<EventLog, Task> write)
    {
        await using EventLog log = new(output, TimeProvider.System);
        await write(log);
    }

    private sealed class BrokenLogger : ILogger, IDisposable
    {
        public int Calls { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            Calls++;
            throw new InvalidOperationException("the collector is gone");
        }

        public void Dispose() { }
    }
}
