using System.Net;

namespace Failover;

/// <summary>Looks up host names without ever holding a thread of the pool: the system's lookup blocks, for as long as
/// the name servers keep it waiting, and cannot be called off.</summary>
/// <param name="lookUp">The blocking lookup.</param>
/// <param name="threadLimit">How many lookups run at a time; further names wait.</param>
/// <param name="linger">How long a thread waits for another name before it ends; left out, 10 s.</param>
/// <remarks>Those who ask for a name while it is being looked up share that lookup, one that hangs included, so that a
/// name never holds more than one thread. Each name that is asked for gets a thread at once, so that names whose servers are
/// silent hold up no others. Nothing is kept: the system's own cache is the place for that.</remarks>
internal sealed class Resolver(
    Func<string, IPAddress[]> lookUp,
    int threadLimit = Resolver.ThreadLimit,
    TimeSpan? linger = null
) : INameResolver
{
    /// <summary>More names than most machines watch, and a bounded cost when none of them answers.</summary>
    public const int ThreadLimit = 1024;

    // Address space, of which only what is touched takes memory. A quarter is enough for DNS and the hosts file; what else the
    // system is configured to ask (nsswitch.conf) may need more.
    private const int StackSize = 256 * 1024;

    // Longer than most intervals between probes.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Dictionary<string, NameLookup> inFlight = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<NameLookup> queue = new();

    // The last to become idle is the first to be given a name, so that those that are not needed end.
    private readonly List<Worker> idle = [];
    private int threads;

    /// <summary>The resolver of this machine: one for all checks, so that its limits hold for all of them together.</summary>
    public static Resolver System { get; } = new(Dns.GetHostAddresses);

    /// <summary>How many threads it has at this moment.</summary>
    public int Threads
    {
        get
        {
            lock (gate)
            {
                return threads;
            }
        }
    }

    /// <summary>The addresses of a host, in the order in which they should be tried.</summary>
    /// <param name="host">A name.</param>
    /// <param name="deadline">Ends the wait, not the lookup.</param>
    /// <returns>Never throws: a deadline that passed is an outcome too.</returns>
    public async ValueTask<Resolution> ResolveAsync(string host, CancellationToken deadline)
    {
        Share share = Join(host);
        Resolution outcome = await WaitAsync(share, deadline);
        // The name servers were silent to a lookup that began earlier, perhaps during a pause of this process: they are asked
        // again, in the time that is left.
        return share.BeganEarlier && outcome.IsTimeout && !deadline.IsCancellationRequested
            ? await WaitAsync(Join(host), deadline)
            : outcome;
    }

    ValueTask<Resolution> INameResolver.ResolveAsync(
        string host,
        IpFamily family,
        TimeProvider time,
        CancellationToken deadline
    ) => ResolveAsync(host, deadline);

    private async ValueTask<Resolution> WaitAsync(Share share, CancellationToken deadline)
    {
        NameLookup lookup = share.Lookup;
        try
        {
            return await lookup.Outcome.WaitAsync(deadline);
        }
        catch (OperationCanceledException) when (!lookup.Outcome.IsCompleted)
        {
            return lookup.HasStarted && !share.WasQueued ? Resolution.TimedOut("name resolution timed out")
                : lookup.HasStarted ? Faulted("started late")
                : Faulted("did not start");
        }
        catch (OperationCanceledException)
        {
            // The answer came first, and was handled after the deadline.
            return await lookup.Outcome;
        }
    }

    private Resolution Faulted(string what) =>
        Resolution.Faulted($"name resolution {what}, {Threads} lookups are waiting for an answer");

    private Share Join(string host)
    {
        lock (gate)
        {
            if (inFlight.TryGetValue(host, out NameLookup? lookup))
            {
                return new(lookup, BeganEarlier: true, WasQueued: lookup.IsQueued);
            }

            lookup = new(host);
            bool isGiven = TryAssign(lookup);
            if (!isGiven && threads == 0)
            {
                // The system's limit of threads or memory.
                lookup.End(Resolution.Faulted("no thread left for name resolution"));
                return new(lookup, BeganEarlier: false, WasQueued: false);
            }

            if (!isGiven)
            {
                lookup.IsQueued = true;
                queue.Enqueue(lookup);
            }

            inFlight.Add(host, lookup);
            return new(lookup, BeganEarlier: false, WasQueued: !isGiven);
        }
    }

    private bool TryAssign(NameLookup lookup)
    {
        if (idle is [.., var last])
        {
            idle.RemoveAt(idle.Count - 1);
            last.Give(lookup);
            return true;
        }

        if (threads == threadLimit)
        {
            return false;
        }

        try
        {
            new Thread(Work, StackSize) { IsBackground = true, Name = "resolver" }.UnsafeStart(lookup);
            threads++;
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    private void Work(object? first)
    {
        using Worker worker = new();
        NameLookup? lookup = (NameLookup)first!;
        while (lookup is not null)
        {
            Resolution outcome = lookup.Run(lookUp);
            NameLookup? next = Leave(lookup, worker);
            lookup.End(outcome);
            lookup = next ?? WaitForNext(worker);
        }
    }

    // Before the waiters continue: the next lookup finds this thread free.
    private NameLookup? Leave(NameLookup lookup, Worker worker)
    {
        lock (gate)
        {
            inFlight.Remove(lookup.Host);
            if (queue.TryDequeue(out NameLookup? next))
            {
                next.IsQueued = false;
                return next;
            }

            idle.Add(worker);
            return null;
        }
    }

    /// <summary>The next name for a thread; null where it is to end.</summary>
    private NameLookup? WaitForNext(Worker worker)
    {
        worker.Wait(linger ?? Linger);
        lock (gate)
        {
            if (worker.Take() is { } given)
            {
                return given;
            }

            idle.Remove(worker);
            threads--;
            return null;
        }
    }

    /// <summary>The part of one caller in a lookup.</summary>
    /// <param name="Lookup">The lookup, perhaps shared.</param>
    /// <param name="BeganEarlier">Whether another caller began it.</param>
    /// <param name="WasQueued">Whether it waited for a thread when this one asked, so that part of the time went by in this
    /// machine.</param>
    private readonly record struct Share(NameLookup Lookup, bool BeganEarlier, bool WasQueued);

    /// <summary>One thread as seen by those who have a name for it.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly SemaphoreSlim given = new(0);
        private NameLookup? lookup;

        public void Give(NameLookup next)
        {
            lookup = next;
            given.Release();
        }

        public void Wait(TimeSpan atMost) => given.Wait(atMost);

        /// <summary>What it was given, also where that came just after the wait had ended.</summary>
        public NameLookup? Take()
        {
            NameLookup? taken = lookup;
            lookup = null;
            return taken;
        }

        public void Dispose() => given.Dispose();
    }
}
