using System.Globalization;

namespace Failover;

/// <summary>So many probes run at a time, and so many of one host. Those that find no place free wait for one, in the order of asking.</summary>
/// <remarks>A probe waits for its host first, and takes one of all places only then: those of a slow host hold up no others.</remarks>
/// <param name="time">The clock.</param>
/// <param name="waits">Called where a probe has to wait, under no lock; it may be called twice for one.</param>
internal sealed class ProbePlaces(TimeProvider time, Action<long> waits)
{
    private const int Unlimited = int.MaxValue;

    private readonly PlaceQueue<Turn> all = new(time, new ProbeLimits().Places);
    private readonly Lock gate = new();

    // Of the hosts that are probed at this moment.
    private readonly Dictionary<string, PlaceQueue<Turn>> hosts = new(StringComparer.OrdinalIgnoreCase);
    private volatile int perHost = Unlimited;

    /// <summary>Other limits, from now on: probes that run go on, and those that wait begin where there are more places now.</summary>
    public void Apply(ProbeLimits limits)
    {
        List<Turn> entered = [.. all.Resize(limits.Places)];
        lock (gate)
        {
            perHost = limits.MaxPerHost ?? Unlimited;
            foreach (PlaceQueue<Turn> host in hosts.Values)
            {
                entered.AddRange(host.Resize(perHost));
            }
        }

        entered.ForEach(turn => turn.Begin());
    }

    /// <summary>Takes a place for a probe if there is one now, to be left.</summary>
    /// <param name="check">What it probes.</param>
    /// <param name="host">The host whose place it is as well; null where those of its host are not limited.</param>
    public bool TryEnter(ProbeCheck check, out string? host)
    {
        host = LimitedHost(check);
        if (host is not null && !TryEnter(host))
        {
            return false;
        }

        if (all.TryEnter())
        {
            return true;
        }

        Leave(host, isOfAll: false);
        return false;
    }

    /// <summary>Takes a place for a probe, as soon as there is one.</summary>
    /// <param name="probe">Which.</param>
    /// <param name="check">What it probes. It waits for as long as that may take; beyond that it is never begun.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>The place, until it is disposed of, or why there was none in time.</returns>
    public async ValueTask<ProbePlace> EnterAsync(long probe, ProbeCheck check, CancellationToken stopping)
    {
        long asked = time.GetTimestamp();
        string? host = LimitedHost(check);
        if (host is not null && !TryEnter(host))
        {
            waits(probe);
            Turn turn = new();
            if (!TryEnter(host, turn, check.LongestTimer, stopping) && !await turn.HasBegun)
            {
                return new(Refusal(check, $"probes of {host} are limited to {Number(perHost)} at a time"));
            }
        }

        ProbePlace place = new(this, host);
        if (!all.TryEnter())
        {
            try
            {
                waits(probe);
                Turn turn = new();
                if (!all.TryEnter(turn, Left(check, asked), stopping) && !await turn.HasBegun)
                {
                    place.Dispose();
                    return new(Refusal(check, $"probes are limited to {Number(all.Most)} at a time"));
                }
            }
            catch (OperationCanceledException)
            {
                place.Dispose();
                throw;
            }
        }

        place.IsOfAll = true;
        place.LongestWait = Left(check, asked);
        return place;
    }

    /// <summary>Gives places back.</summary>
    public void Leave(string? host, bool isOfAll)
    {
        if (isOfAll)
        {
            all.Leave()?.Begin();
        }

        if (host is null)
        {
            return;
        }

        Turn? next;
        lock (gate)
        {
            PlaceQueue<Turn> queue = hosts[host];
            next = queue.Leave();
            if (queue.Taken == 0)
            {
                hosts.Remove(host);
            }
        }

        next?.Begin();
    }

    // One host has several spellings, though not all of them: a name and its address are two.
    private string? LimitedHost(ProbeCheck check) =>
        perHost != Unlimited && check.TargetHost is { } host
            ? HostOption.AddressOf(host)?.ToString() ?? host.TrimEnd('.')
            : null;

    private bool TryEnter(string host)
    {
        lock (gate)
        {
            return Of(host).TryEnter();
        }
    }

    private bool TryEnter(string host, Turn turn, TimeSpan longestWait, CancellationToken stopping)
    {
        lock (gate)
        {
            return Of(host).TryEnter(turn, longestWait, stopping);
        }
    }

    private PlaceQueue<Turn> Of(string host)
    {
        if (!hosts.TryGetValue(host, out PlaceQueue<Turn>? queue))
        {
            queue = new(time, perHost);
            hosts.Add(host, queue);
        }

        return queue;
    }

    private TimeSpan Left(ProbeCheck check, long asked)
    {
        TimeSpan left = check.LongestTimer - time.GetElapsedTime(asked);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static Observation Refusal(ProbeCheck check, string cause) =>
        Observation.Error($"did not start within {Units.Text(check.LongestTimer)}: {cause}");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A probe that waits.</summary>
    private sealed class Turn : PlaceQueue<Turn>.Waiter
    {
        // Whoever gives a place back does not run the probe of another.
        private readonly TaskCompletionSource<bool> begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether it has a place now; else it has waited too long.</summary>
        public Task<bool> HasBegun => begun.Task;

        public void Begin() => begun.TrySetResult(true);

        protected override void GiveUp() => begun.TrySetResult(false);

        protected override void Cancel(CancellationToken stopping) => begun.TrySetCanceled(stopping);
    }
}

/// <summary>The place of one probe.</summary>
internal sealed class ProbePlace : IDisposable
{
    private readonly ProbePlaces? places;
    private readonly string? host;
    private bool isLeft;

    /// <summary>There was none.</summary>
    public ProbePlace(Observation refusal) => (Refusal, isLeft) = (refusal, true);

    /// <summary>One of a host, if there are such.</summary>
    public ProbePlace(ProbePlaces places, string? host) => (this.places, this.host) = (places, host);

    /// <summary>Why there was none; null where there is one.</summary>
    public Observation? Refusal { get; }

    /// <summary>Whether it is also one of all places.</summary>
    public bool IsOfAll { get; set; }

    /// <summary>How long the probe may wait for what else it needs.</summary>
    public TimeSpan LongestWait { get; set; }

    /// <summary>Gives it back, once.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref isLeft, true))
        {
            places!.Leave(host, IsOfAll);
        }
    }
}
