namespace Failover;

public sealed class FileThreadsTests
{
    private static readonly TimeSpan Short = Second(0.02);
    private static readonly TimeSpan Patience = Second(30);

    [Fact]
    public void What_the_work_gives_is_given() => FileThreads.Run("a", () => 3).ShouldBe(3);

    [Fact]
    public void What_the_work_throws_is_thrown() =>
        Should.Throw<FormatException>(() => FileThreads.Run<int>("a", () => throw new FormatException()));

    [Fact]
    public void Work_that_gets_no_answer_is_left_and_nothing_else_is_started_on_its_path_until_it_has_one()
    {
        using ManualResetEventSlim answer = new();
        int started = 0;
        IsRefused("hangs", Wait).ShouldBeTrue();

        // Waits for nothing.
        Should.Throw<FileFault>(() => FileThreads.Run("hangs", Wait)).Problem.ShouldBe(FileProblem.NoAnswer);
        FileThreads.Run("other", () => 1).ShouldBe(1);
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

        Thread[] threads = [.. Enumerable.Range(0, all.InitialCount).Select(i => new Thread(() => Run(i)))];
        Array.ForEach(threads, thread => thread.Start());

        // Each ends when all have begun.
        Array.ForEach(threads, thread => thread.Join());

        void Run(int i) =>
            FileThreads.Run(
                $"many-{i}",
                () =>
                {
                    all.Signal();
                    return all.Wait(Patience);
                },
                Patience
            );
    }

    /// <summary>In a process of its own, for it leaves none of the threads to anybody.</summary>
    [Fact]
    public Task When_no_thread_gets_an_answer_all_else_fails_at_once_and_threads_are_no_more_than_they_may_be() =>
        SeparateProcess.RunAsync(UseAllThreadsAsync);

    private static Task UseAllThreadsAsync()
    {
        using ManualResetEventSlim answer = new();
        int running = 0;
        for (int i = 0; i < FileThreads.Most; i++)
        {
            IsRefused($"hangs-{i}", Wait).ShouldBeTrue();
        }

        Should
            .Throw<FileFault>(() => FileThreads.Run("other", () => 1))
            .Message.ShouldBe("too many other files have stopped to answer");
        running.ShouldBe(FileThreads.Most);

        answer.Set();
        SpinWait.SpinUntil(() => !IsRefused("other", () => 1), Patience).ShouldBeTrue();
        return Task.CompletedTask;

        int Wait()
        {
            Interlocked.Increment(ref running);
            answer.Wait();
            return 1;
        }
    }

    private static bool IsRefused(string path, Func<int> work)
    {
        try
        {
            FileThreads.Run(path, work, Short);
            return false;
        }
        catch (FileFault fault) when (fault.Problem == FileProblem.NoAnswer)
        {
            return true;
        }
    }
}
