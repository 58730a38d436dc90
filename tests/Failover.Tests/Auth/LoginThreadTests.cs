namespace Failover;

public sealed class LoginThreadTests
{
    // Milliseconds. Broken, most of these would wait for ever.
    private const int HangsAfter = 30_000;

    private readonly ManualTime time = new();

    [Fact(Timeout = HangsAfter)]
    public async Task Passwords_are_hashed_one_at_a_time_on_a_thread_of_their_own()
    {
        int inside = 0;
        int most = 0;
        List<Thread> threads = [];
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time, Count);
        threads.Clear();
        // As many as wait, and none at work: accepted however slowly the thread begins.
        PasswordCheck[] all = await Task.WhenAll(
            Enumerable.Range(0, LoginThread.LongestQueue).Select(_ => file.VerifyAsync("alice", "secret"))
        );
        all.ShouldAllBe(check => check == PasswordCheck.Right);
        most.ShouldBe(1);
        threads.Distinct().Count().ShouldBe(1);
        threads[0].IsThreadPoolThread.ShouldBeFalse();
        threads.Count.ShouldBe(LoginThread.LongestQueue);

        string? Count(ReadOnlySpan<byte> password, PasswordHash stored)
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            threads.Add(Thread.CurrentThread);
            Thread.Yield();
            string? hash = PasswordHashing.Hash(password, stored);
            Interlocked.Decrement(ref inside);
            return hash;
        }
    }

    [Fact(Timeout = HangsAfter)]
    public async Task Beyond_one_at_work_and_eight_waiting_a_log_in_is_turned_away()
    {
        using HeldHasher held = new();
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time, held.Hash);
        List<Task<PasswordCheck>> accepted = [await HoldAsync(file, held)];
        for (int i = 0; i < 8; i++)
        {
            accepted.Add(file.VerifyAsync("alice", "secret"));
        }

        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Busy);
        accepted.ShouldAllBe(login => !login.IsCompleted);
        held.Release();
        (await Task.WhenAll(accepted)).ShouldAllBe(check => check == PasswordCheck.Right);
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
    }

    [Fact(Timeout = HangsAfter)]
    public async Task A_log_in_that_nobody_waits_for_any_more_is_not_hashed()
    {
        using HeldHasher held = new();
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time, held.Hash);
        Task<PasswordCheck> first = await HoldAsync(file, held);
        using CancellationTokenSource gone = new();
        Task<PasswordCheck> second = file.VerifyUntilAsync("alice", "secret", gone.Token);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);
        int before = held.Count;
        held.Release();
        (await first).ShouldBe(PasswordCheck.Right);
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
        held.Count.ShouldBe(before + 1);
    }

    [Fact(Timeout = HangsAfter)]
    public async Task Who_gives_up_leaves_the_place_in_the_queue_to_others()
    {
        using HeldHasher held = new();
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time, held.Hash);
        List<Task<PasswordCheck>> waiting = [await HoldAsync(file, held)];
        using CancellationTokenSource gone = new();
        List<Task<PasswordCheck>> leaving = [];
        for (int i = 0; i < 8; i++)
        {
            leaving.Add(file.VerifyUntilAsync("alice", "secret", gone.Token));
        }

        await gone.CancelAsync();
        foreach (Task<PasswordCheck> login in leaving)
        {
            await Should.ThrowAsync<OperationCanceledException>(login);
            waiting.Add(file.VerifyAsync("alice", "secret"));
        }

        held.Release();
        (await Task.WhenAll(waiting)).ShouldAllBe(check => check == PasswordCheck.Right);
    }

    [Fact(Timeout = HangsAfter)]
    public async Task Nobody_waits_longer_than_fifteen_seconds()
    {
        using HeldHasher held = new();
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time, held.Hash);
        Task<PasswordCheck> login = await HoldAsync(file, held);
        time.Advance(Second(14.999));
        login.IsCompleted.ShouldBeFalse();
        time.Advance(Second(0.001));
        (await login).ShouldBe(PasswordCheck.Busy);
        held.Release();
    }

    [Fact(Timeout = HangsAfter)]
    public async Task A_fault_goes_to_who_waits_and_the_thread_continues()
    {
        int calls = 0;
        using PasswordDirectory directory = new();
        using PasswordFile file = directory
            .Write(PasswordDirectory.Alice)
            .Open(
                time,
                (password, stored) =>
                    ++calls == 2 ? throw new NotSupportedException("broken") : PasswordHashing.Hash(password, stored)
            );
        await Should.ThrowAsync<NotSupportedException>(() => file.VerifyAsync("alice", "secret"));
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
    }

    [Fact(Timeout = HangsAfter)]
    public async Task Once_disposed_nobody_is_let_in()
    {
        using PasswordDirectory directory = new();
        PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time);
        file.Dispose();
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Busy);
        file.Dispose();
    }

    // The source of each log-in, in the order in which they come; a capital has logged in before. The first one is at work when
    // the others come.
    [Theory]
    [InlineData("a a a a", "a a a a", "")]
    [InlineData("a a a b", "a b a a", "")]
    [InlineData("a b b c c a", "a b c a b c", "")]
    [InlineData("a b c B", "a B c b", "")]
    [InlineData("a b A c B", "a B A c b", "")]
    [InlineData("a a a a a a a a a a", "a a a a a a a a a", "a")]
    [InlineData("a a a a a a a a a b", "a b a a a a a a a", "a")]
    [InlineData("a b c d e f g h i j", "a b c d e f g h i", "j")]
    [InlineData("a b c d e f g h i J", "a J c d e f g h i", "b")]
    [InlineData("a A B C D E F G H i", "a B C D E F G H A", "i")]
    [InlineData("a A B C D E F G H I", "a B C D E F G H A", "I")]
    [InlineData("a A A A A A A A A I", "a I A A A A A A A", "A")]
    [InlineData("a a a a a b b b b c", "a b c a b a b a b", "a")]
    public async Task Who_is_next_and_who_is_turned_away(string come, string served, string turnedAway)
    {
        using LoginThread thread = new();
        using ManualResetEventSlim release = new();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        System.Collections.Concurrent.ConcurrentQueue<string> order = [];
        List<string> away = [];
        List<(string Name, Task<PasswordCheck> End)> entered = [];
        foreach (string name in come.Split(' '))
        {
            LoginSource source = new(default, char.ToLowerInvariant(name[0]));
            LoginThread.Turn? turn = thread.TryEnter(
                source,
                char.IsUpper(name[0]),
                () =>
                {
                    begun.TrySetResult();
                    release.Wait();
                    order.Enqueue(name);
                    return PasswordCheck.Right;
                }
            );
            if (turn is null)
            {
                away.Add(name);
            }
            else
            {
                entered.Add((name, turn.WaitAsync(Minute(1), time, TestContext.Current.CancellationToken)));
            }

            await begun.Task;
        }

        release.Set();
        foreach ((string name, Task<PasswordCheck> end) in entered)
        {
            if (await end == PasswordCheck.Busy)
            {
                away.Add(name);
            }
        }

        string.Join(' ', order).ShouldBe(served);
        string.Join(' ', away).ShouldBe(turnedAway);
    }

    // A log-in whose hash has begun and does not end.
    private static async Task<Task<PasswordCheck>> HoldAsync(PasswordFile file, HeldHasher held)
    {
        held.Hold();
        Task<PasswordCheck> login = file.VerifyAsync("alice", "secret");
        await held.WaitForCallAsync();
        return login;
    }
}
