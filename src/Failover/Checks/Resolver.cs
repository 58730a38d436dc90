using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Looks up host names without ever holding a thread of the pool: the system's lookup blocks, for as long as
/// the name servers keep it waiting, and cannot be called off.</summary>
/// <param name="lookUp">The blocking lookup.</param>
/// <param name="threadLimit">How many lookups run at a time.</param>
/// <remarks>Those who ask for a name while it is being looked up share that lookup, one that hangs included, so that a
/// name never holds more than one thread. Nothing is kept: the system's own cache is the place for that.</remarks>
internal sealed class Resolver(Func<string, IPAddress[]> lookUp, int threadLimit = Resolver.ThreadLimit)
{
    /// <summary>Enough for thousands of names a second when name servers answer, and a bounded cost when they don't.</summary>
    public const int ThreadLimit = 64;

    /// <summary>How long a thread waits for another name before it ends: longer than most intervals between probes.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    // An object, not a Lock: threads that wait for work are woken through it.
    private readonly object gate = new();
    private readonly Dictionary<string, Lookup> underWay = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<Lookup> queue = new();
    private int threads;
    private int idle;

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
        Lookup lookup = Join(host);
        try
        {
            return await lookup.Outcome.Task.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            return lookup.HasStarted
                ? Resolution.Failed("name resolution timed out")
                : Resolution.Faulted($"name resolution did not start, {threadLimit} lookups are waiting for an answer");
        }
    }

    private Lookup Join(string host)
    {
        lock (gate)
        {
            if (underWay.TryGetValue(host, out Lookup? lookup))
            {
                return lookup;
            }

            lookup = new(host);
            underWay.Add(host, lookup);
            queue.Enqueue(lookup);
            if (queue.Count <= idle)
            {
                Monitor.Pulse(gate);
            }
            else if (threads < threadLimit)
            {
                StartThread();
            }

            return lookup;
        }
    }

    private void StartThread()
    {
        try
        {
            new Thread(Work) { IsBackground = true, Name = "resolver" }.UnsafeStart();
            threads++;
        }
        catch (OutOfMemoryException) when (threads == 0)
        {
            // The system's limit of threads or memory. With threads at work the queue is served, only later.
            while (queue.TryDequeue(out Lookup? lookup))
            {
                underWay.Remove(lookup.Host);
                lookup.Outcome.SetResult(Resolution.Faulted("no thread left for name resolution"));
            }
        }
        catch (OutOfMemoryException) { }
    }

    private void Work()
    {
        while (Next() is { } lookup)
        {
            Resolution outcome = LookUp(lookup.Host);
            lock (gate)
            {
                underWay.Remove(lookup.Host);
            }

            lookup.Outcome.SetResult(outcome);
        }
    }

    private Lookup? Next()
    {
        lock (gate)
        {
            while (queue.Count == 0)
            {
                idle++;
                bool woken = Monitor.Wait(gate, Linger);
                idle--;
                if (!woken && queue.Count == 0)
                {
                    threads--;
                    return null;
                }
            }

            Lookup next = queue.Dequeue();
            next.HasStarted = true;
            return next;
        }
    }

    // Whatever a lookup throws is an outcome: an exception that leaves a thread ends the process.
#pragma warning disable CA1031
    private Resolution LookUp(string host)
    {
        try
        {
            IPAddress[] addresses = [.. lookUp(host).Select(HostOption.Plain).Distinct()];
            return addresses.Length == 0 ? Resolution.Failed("no such host") : new(addresses);
        }
        catch (Exception) when (!HasDescriptorsLeft())
        {
            return Resolution.Faulted("no descriptors left");
        }
        catch (SocketException unknown) when (unknown.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return Resolution.Failed("no such host");
        }
        catch (Exception)
        {
            return Resolution.Failed("name resolution failed");
        }
    }
#pragma warning restore CA1031

    // The lookup itself does not say: without descriptors the C library reports a name server that does not answer.
    private static bool HasDescriptorsLeft()
    {
        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            return true;
        }
        catch (SocketException exhausted)
        {
            return exhausted.SocketErrorCode != SocketError.TooManyOpenSockets;
        }
    }

    private sealed class Lookup(string host)
    {
        private volatile bool hasStarted;

        public string Host => host;

        public TaskCompletionSource<Resolution> Outcome { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool HasStarted
        {
            get => hasStarted;
            set => hasStarted = value;
        }
    }
}

/// <summary>What came of looking up a name.</summary>
/// <param name="Addresses">In the order in which they should be tried; empty where there is a cause.</param>
/// <param name="Cause">Why there are none, in a few stable words.</param>
/// <param name="IsLocalFault">Whether the cause lies in this machine and says nothing about the name.</param>
internal readonly record struct Resolution(IPAddress[] Addresses, string? Cause = null, bool IsLocalFault = false)
{
    public static Resolution Failed(string cause) => new([], cause);

    public static Resolution Faulted(string cause) => new([], cause, IsLocalFault: true);
}
