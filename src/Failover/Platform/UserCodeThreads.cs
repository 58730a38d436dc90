using System.Globalization;

namespace Failover;

/// <summary>Runs code of the user's on threads of its own, so many at a time: one that blocks holds up neither the pool nor, up to that
/// number, another.</summary>
/// <remarks>What such code awaits continues in the pool and holds no thread here. What it says may rest on a pool that was starved
/// meanwhile; a fail that does is an error, for it is unknown whether the target or the pool was too slow.</remarks>
/// <param name="time">For how long a call waits for a thread.</param>
/// <param name="most">So many calls run at a time.</param>
internal sealed class UserCodeThreads(TimeProvider time, int most = UserCodeThreads.Most)
{
    public const int Most = 64;

    private readonly PlaceQueue<Call> threads = new(time, most);

    /// <summary>How many calls hold a thread now.</summary>
    public int Running => threads.Taken;

    private string TooMany => string.Create(CultureInfo.InvariantCulture, $"{most} checks of user code are running");

    /// <summary>Begins a call on a thread of its own, as soon as there is one.</summary>
    /// <param name="start">The call. What it throws, the task throws.</param>
    /// <param name="longestWait">How long it waits for a thread; after that it is never begun, and the result is an error.</param>
    /// <param name="waits">Called before it waits for one. It may then find one free nevertheless.</param>
    /// <param name="stopping">A call that has not begun by then is cancelled.</param>
    public Task<Observation> RunAsync(
        Func<Task<Observation>> start,
        TimeSpan longestWait,
        Action? waits = null,
        CancellationToken stopping = default
    )
    {
        Call call = new(this, start);
        bool isFree = threads.TryEnter();
        if (!isFree)
        {
            // Before it can have begun, and ended.
            waits?.Invoke();
        }

        if (isFree || threads.TryEnter(call, longestWait, stopping))
        {
            StartThread(call);
        }

        return call.Result;
    }

    private void StartThread(Call call)
    {
        try
        {
            new Thread(() => Run(call)) { IsBackground = true, Name = "Failover user code" }.UnsafeStart();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            for (Call? next = call; next is not null; next = threads.Leave())
            {
                next.End(Observation.Error("no thread could be started for it"));
            }
        }
    }

    private void Run(Call call)
    {
        for (Call? next = call; next is not null; )
        {
            Task<Observation> called = next.BeginAsync();
            Call begun = next;
            // Before whoever waits for the result continues, here: that is no code of the user's any more.
            next = threads.Leave();
            begun.EndWith(called);
        }
    }

    /// <summary>One call, from when it is asked for to its result.</summary>
    private sealed class Call(UserCodeThreads threads, Func<Task<Observation>> start) : PlaceQueue<Call>.Waiter
    {
        private readonly TaskCompletionSource<Observation> result = new();
        private readonly int mark = PoolWatch.Mark();

        public Task<Observation> Result => result.Task;

        public Task<Observation> BeginAsync()
        {
            try
            {
                return start() ?? throw new InvalidOperationException("it returned no task");
            }
#pragma warning disable CA1031 // Whatever it throws is for whoever waits for the result.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                return Task.FromException<Observation>(exception);
            }
        }

        public void End(Observation seen) => result.TrySetResult(seen);

        public void EndWith(Task<Observation> called)
        {
            if (called.IsCompleted)
            {
                result.TrySetFromTask(called);
            }
            else
            {
                _ = EndLaterAsync(called);
            }
        }

        private async Task EndLaterAsync(Task<Observation> called)
        {
            await ((Task)called).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (
                called is { IsCompletedSuccessfully: true, Result: { State: HealthState.Fail } seen }
                && PoolWatch.WasStarvedSince(mark)
            )
            {
                End(Observation.Error($"the thread pool was starved meanwhile: {seen.Reason}"));
            }
            else
            {
                result.TrySetFromTask(called);
            }
        }

        protected override void GiveUp() => End(Observation.Error(threads.TooMany));

        protected override void Cancel(CancellationToken stopping) => result.TrySetCanceled(stopping);
    }
}
