namespace Failover;

public sealed class FileThreadsTests
{
    private static readonly TimeSpan Short = Second(0.02);
    private static readonly TimeSpan Patience = Second(30);

    private readonly FileThreads threads = new();

    [Fact]
    public void What_the_work_gives_is_given() => threads.Run("a", () => 3).ShouldBe(3);

    [Fact]
    public void What_the_work_throws_is_thrown() =>
        Should.Throw<FormatException>(() => threads.Run<int>("a", () => throw new FormatException()));

    [Fact]
    public void Work_that_gets_no_answer_is_left_and_nothing_else_is_started_on_its_path_until_it_has_one()
    {
        using ManualResetEventSlim answer = new();
        int started = 0;
        IsRefused("hangs", Wait).ShouldBeTrue();

        // Waits for nothing.
        Should.Throw<FileFault>(() => threads.Run("hangs", Wait)).Problem.ShouldBe(FileProblem.NoAnswer);
        threads.Run("other", () => 1).ShouldBe(1);
        started.ShouldBe(1);

        answer.Set();
        SpinWait.SpinUntil(() => !IsRefused("hangs", Wait), Patience).ShouldBeTrue();
        started.ShouldBe(2);

        int Wait()
        {
            started++;
            answer.Wait();
            return 1;
        }
    }

    [Fact]
    public void Many_at_a_time_are_run()
    {
        using CountdownEvent all = new(FileThreads.Most / 2);

        Thread[] callers = [.. Enumerable.Range(0, all.InitialCount).Select(i => new Thread(() => Run(i)))];
        Array.ForEach(callers, caller => caller.Start());

        // Each ends when all have begun.
        Array.ForEach(callers, caller => caller.Join());

        void Run(int i) =>
            threads.Run(
                $"many-{i}",
                () =>
                {
                    all.Signal();
                    return all.Wait(Patience);
                },
                Patience
            );
    }

    [Fact]
    public void When_no_thread_gets_an_answer_all_else_fails_at_once_and_threads_are_no_more_than_they_may_be()
    {
        using ManualResetEventSlim answer = new();
        int running = 0;
        for (int i = 0; i < FileThreads.Most; i++)
        {
            IsRefused($"hangs-{i}", Wait).ShouldBeTrue();
        }

        Should
            .Throw<FileFault>(() => threads.Run("other", () => 1))
            .Message.ShouldBe("too many other files have stopped to answer");
        running.ShouldBe(FileThreads.Most);

        answer.Set();
        SpinWait.SpinUntil(() => !IsRefused("other", () => 1), Patience).ShouldBeTrue();

        int Wait()
        {
            Interlocked.Increment(ref running);
            answer.Wait();
            return 1;
        }
    }

    private bool IsRefused(string path, Func<int> work)
    {
        try
        {
            threads.Run(path, work, Short);
            return false;
        }
        catch (FileFault fault) when (fault.Problem == FileProblem.NoAnswer)
        {
            return true;
        }
    }
}
