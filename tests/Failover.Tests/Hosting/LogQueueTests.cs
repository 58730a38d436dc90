using System.Globalization;

namespace Failover;

public sealed class LogQueueTests : IDisposable
{
    private const int LineLength = 1000;

    private readonly BlockableWriter output = new();

    public void Dispose() => output.Dispose();

    [Fact]
    public async Task A_line_is_written_without_being_asked_for()
    {
        await using LogQueue log = NewLog();

        log.Add("one");

        output.WaitForLine("one");
    }

    [Fact]
    public async Task Lines_are_written_in_order_and_those_that_wait_at_the_end_too()
    {
        LogQueue log = NewLog();
        string[] lines = [.. Enumerable.Range(0, 1000).Select(Line)];

        foreach (string line in lines)
        {
            log.Add(line);
        }

        await log.DisposeAsync();
        output.Lines.ShouldBe(lines);
    }

    [Fact]
    public async Task Whoever_adds_a_line_does_not_wait_for_a_blocked_log_and_no_line_is_lost_uncounted()
    {
        LogQueue log = NewLog();
        output.Block();
        const int all = 3 * LogQueue.Capacity / LineLength;

        for (int i = 0; i < all; i++)
        {
            log.Add(Line(i));
        }

        output.Unblock();
        await log.DisposeAsync();
        IReadOnlyList<string> lines = output.Lines;
        int dropped = int.Parse(lines[^1].Split(' ')[0], CultureInfo.InvariantCulture);
        dropped.ShouldBeGreaterThan(all / 2);
        lines.ShouldBe([.. Enumerable.Range(0, all - dropped).Select(Line), $"{dropped} dropped"]);
    }

    [Fact]
    public async Task Of_each_component_the_newest_transition_is_written_last_in_the_order_of_time()
    {
        LogQueue log = NewLog();
        Fill(log);

        log.Add("a fails", transitionOf: "a");
        log.Add("b fails", transitionOf: "b");
        log.Add("c fails\n  because", transitionOf: "c");
        log.Add("a warning");
        log.Add("c recovers", transitionOf: "c");
        log.Add("a recovers", transitionOf: "a");

        output.Unblock();
        await log.DisposeAsync();
        // Of a one line, of c two, and the warning; and one that did not fit.
        output.Lines.TakeLast(4).ShouldBe(["5 dropped", "b fails", "c recovers", "a recovers"]);
    }

    [Fact]
    public async Task Transitions_that_were_kept_all_are_written_without_a_word()
    {
        LogQueue log = NewLog();
        Fill(log, andOneMore: false);

        log.Add(new string('x', LineLength), transitionOf: "a");

        output.Unblock();
        await log.DisposeAsync();
        output.Lines[^1].ShouldStartWith("x");
        output.Lines.ShouldAllBe(line => !line.EndsWith("dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_comes_once_there_is_room_stands_after_what_was_kept()
    {
        LogQueue log = NewLog();
        Fill(log);
        log.Add("a fails", transitionOf: "a");

        output.Unblock();
        output.WaitForLine("a fails");
        log.Add("a recovers", transitionOf: "a");

        await log.DisposeAsync();
        output.Lines.TakeLast(3).ShouldBe(["1 dropped", "a fails", "a recovers"]);
    }

    [Fact]
    public async Task An_entry_that_is_larger_than_the_queue_is_written_where_nothing_else_waits()
    {
        LogQueue log = NewLog();
        string large = new('x', 2 * LogQueue.Capacity);

        log.Add(large);

        await log.DisposeAsync();
        output.Lines.ShouldBe([large]);
    }

    [Fact]
    public async Task A_log_that_nobody_reads_is_left_at_the_end()
    {
        LogQueue log = NewLog();
        output.Block();
        log.Add("one");
        output.WaitUntilReached();

        await log.DisposeAsync();
        log.Add("two");

        output.Lines.ShouldBeEmpty();
        output.Unblock();
        output.WaitForLine("one");
    }

    [Fact]
    public async Task A_line_that_cannot_be_written_is_tried_again_until_it_is()
    {
        await using LogQueue log = NewLog();
        output.FailuresToCome = 5;

        log.Add("one");
        log.Add("two");

        output.WaitForLine("two");
        output.Lines.ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task A_log_that_takes_nothing_any_more_is_left_at_the_end()
    {
        LogQueue log = new(output, dropped => $"{dropped} dropped", retryInterval: Hour(1));
        output.FailuresToCome = int.MaxValue;
        log.Add("one");
        output.WaitUntilReached();

        // Ends long before the next try.
        await log.DisposeAsync();

        output.Lines.ShouldBeEmpty();
    }

    [Fact]
    public Task A_log_of_nothing_ends_at_once() => NewLog().DisposeAsync().AsTask();

    private LogQueue NewLog() =>
        new(
            output,
            dropped => string.Create(CultureInfo.InvariantCulture, $"{dropped} dropped"),
            retryInterval: Second(0.001)
        );

    private static string Line(int i) => i.ToString(CultureInfo.InvariantCulture).PadRight(LineLength, '.');

    // Until nothing fits any more, not even a line of one character.
    private void Fill(LogQueue log, bool andOneMore = true)
    {
        output.Block();
        log.Add("in the writer's hands");
        output.WaitUntilReached();
        log.Add(new string('f', LogQueue.Capacity - 64));
        if (andOneMore)
        {
            log.Add("does not fit");
        }
    }
}
