using System.Collections.Immutable;

namespace Failover;

/// <summary>Delivers the notifications of one route, one message at a time.</summary>
/// <param name="route">The route.</param>
/// <param name="outbox">What it belongs to.</param>
internal sealed class RouteWorker(NotificationRoute route, Outbox outbox) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly CancellationTokenSource stop = new();
    private readonly long start = outbox.Time.GetTimestamp();
    private readonly RouteQueue queue = new(route, Random.Shared.NextDouble);
    private Task running = Task.CompletedTask;
    private bool isStarted;
    private bool isFinishing;
    private long delivered;
    private long failed;
    private long dropped;
    private long givenUp;
    private string? problem;

    public NotificationRoute Route => route;

    /// <summary>How it is.</summary>
    public RouteStatus Status
    {
        get
        {
            lock (gate)
            {
                return new(route, queue.Count, delivered, failed, dropped, givenUp, problem, [.. queue.Dead]);
            }
        }
    }

    /// <summary>Takes alarms that were reported before: what comes of them is not held.</summary>
    public void Resume(IEnumerable<Notification> alarms)
    {
        lock (gate)
        {
            queue.Resume(alarms);
        }
    }

    /// <summary>Continues what another worker has counted: of the same route, described otherwise.</summary>
    public void CountOn(RouteStatus before)
    {
        lock (gate)
        {
            (delivered, failed, dropped, givenUp) = (before.Delivered, before.Failed, before.Dropped, before.GivenUp);
        }
    }

    /// <summary>Begins to deliver.</summary>
    public void Start()
    {
        lock (gate)
        {
            if (isStarted)
            {
                return;
            }

            isStarted = true;
            running = Task.Run(RunAsync);
        }

        if (route.Receiver.RepeatInterval is { } interval)
        {
            _ = Task.Run(() => RepeatAsync(interval));
        }
    }

    /// <summary>Takes one more.</summary>
    /// <returns>Those that need not be delivered any longer.</returns>
    public IReadOnlyList<StoredDelivery> Add(StoredDelivery delivery)
    {
        IReadOnlyList<StoredDelivery> over;
        lock (gate)
        {
            (over, int lost) = queue.Add(delivery, Now, outbox.Time.GetUtcNow());
            dropped += lost;
        }

        wake.Release();
        return over;
    }

    /// <summary>Tries those again that were given up.</summary>
    /// <param name="standing">The alarms that stand: others are over.</param>
    /// <returns>How many, and those that are over.</returns>
    public (int Revived, IReadOnlyList<StoredDelivery> Over) Revive(IEnumerable<Notification> standing)
    {
        (int Revived, IReadOnlyList<StoredDelivery> Over) revived;
        lock (gate)
        {
            revived = queue.Revive(standing, Now);
        }

        wake.Release();
        return revived;
    }

    /// <summary>Sends what is due, without waiting for more of it, and then nothing any longer.</summary>
    public Task FinishAsync()
    {
        lock (gate)
        {
            isFinishing = true;
        }

        wake.Release();
        return running;
    }

    /// <summary>All that it has: what is still to be delivered, and what was given up.</summary>
    public ImmutableArray<StoredDelivery> All
    {
        get
        {
            lock (gate)
            {
                return [.. queue.Dead, .. queue.Waiting];
            }
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        wake.Release();
    }

    private TimeSpan Now => outbox.Time.GetElapsedTime(start);

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            IReadOnlyList<StoredDelivery> message;
            TimeSpan? next;
            bool isLast;
            lock (gate)
            {
                isLast = isFinishing;
                message = queue.Take(Now, out next, isLast);
            }

            if (message.Count == 0)
            {
                if (isLast)
                {
                    return;
                }

                await WaitAsync(next);
                continue;
            }

            await sending.WaitAsync();
            try
            {
                SendResult result = await outbox.SendAsync(
                    route,
                    [.. message.Select(one => one.Notification)],
                    stop.Token
                );
                if (!stop.IsCancellationRequested)
                {
                    Settle(message, result);
                }
            }
            finally
            {
                sending.Release();
            }
        }
    }

    private void Settle(IReadOnlyList<StoredDelivery> message, SendResult result)
    {
        IReadOnlyList<StoredDelivery> dead;
        IReadOnlyList<StoredDelivery> forgotten;
        string? before;
        lock (gate)
        {
            (dead, forgotten) = queue.Settle(message, result, Now, outbox.Time.GetUtcNow());
            before = problem;
            problem = result.Problem;
            delivered += result.IsTaken ? message.Count : 0;
            failed += result.IsTaken ? 0 : 1;
            givenUp += dead.Count;
        }

        if (result.IsTaken)
        {
            outbox.Forget(message);
        }

        outbox.Bury(dead, forgotten);
        outbox.TellProblem(route, before, result.Problem);
        if (dead.Count > 0)
        {
            outbox.TellDead(route, dead.Count, result.Problem!);
        }
    }

    private async Task RepeatAsync(TimeSpan interval)
    {
        using PeriodicTimer timer = new(interval, outbox.Time);
        do
        {
            // What is repeated late must not come behind what says that it is over.
            await sending.WaitAsync();
            try
            {
                if (await outbox.RepeatAsync(route, IsTold, stop.Token) is { } result && !stop.IsCancellationRequested)
                {
                    SettleRepeated(result);
                }
            }
            finally
            {
                sending.Release();
            }
        } while (!stop.IsCancellationRequested && await NextAsync(timer));
    }

    // What is repeated is counted only where nothing else is sent: it says again what has been delivered.
    private void SettleRepeated(SendResult result)
    {
        string? before;
        lock (gate)
        {
            before = problem;
            problem = result.Problem;
            delivered += result.IsTaken && route.Receiver.IsLifeSign ? 1 : 0;
            failed += result.IsTaken ? 0 : 1;
        }

        outbox.TellProblem(route, before, result.Problem);
    }

    private bool IsTold(Notification alarm)
    {
        lock (gate)
        {
            return queue.IsTold(alarm);
        }
    }

    private async Task<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task WaitAsync(TimeSpan? next)
    {
        TimeSpan left = next is { } at ? at - Now : Timeout.InfiniteTimeSpan;
        if (next is not null && left <= TimeSpan.Zero)
        {
            return;
        }

        using CancellationTokenSource due = new(left, outbox.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, stop.Token);
        try
        {
            await wake.WaitAsync(either.Token);
            while (wake.Wait(0))
            {
                // One pass handles all that was added meanwhile.
            }
        }
        catch (OperationCanceledException)
        {
            // It is time, or the end.
        }
    }
}

/// <summary>How a route is.</summary>
/// <param name="Route">The route.</param>
/// <param name="Waiting">How many notifications are still to be delivered.</param>
/// <param name="Delivered">How many have been since the start.</param>
/// <param name="Failed">How many attempts failed since the start.</param>
/// <param name="Dropped">How many did not fit since the start.</param>
/// <param name="GivenUp">How many were given up since the start.</param>
/// <param name="Problem">Why the newest attempt failed; null where it did not.</param>
/// <param name="Dead">Those that were given up, the oldest first.</param>
internal sealed record RouteStatus(
    NotificationRoute Route,
    int Waiting,
    long Delivered,
    long Failed,
    long Dropped,
    long GivenUp,
    string? Problem,
    ImmutableArray<StoredDelivery> Dead
);
