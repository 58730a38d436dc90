namespace Failover;

/// <summary>Who polls a component: an address and a <c>User-Agent</c>. Polls are noted without a lock and without allocating.</summary>
/// <param name="address">Where it is.</param>
/// <param name="agent">What it calls itself, in ASCII or Latin-1, up to <see cref="LongestAgent"/> bytes of it. May be empty.</param>
/// <param name="since">When it was seen first, by the wall clock, in ticks of UTC.</param>
internal sealed class Poller(ClientAddress address, byte[] agent, long since)
{
    /// <summary>How many bytes of a <c>User-Agent</c> are kept and compared.</summary>
    public const int LongestAgent = 128;

    private const int Nothing = -1;

    private long last;
    private long polls;
    private long unanswered;
    private int answered = Nothing;
    private volatile bool isListed = true;

    /// <summary>Where it is.</summary>
    public ClientAddress Address => address;

    /// <summary>What it calls itself.</summary>
    public ReadOnlySpan<byte> Agent => agent;

    /// <summary>When it was seen first, by the wall clock, in ticks of UTC.</summary>
    public long Since => since;

    /// <summary>When it polled last.</summary>
    public long Last => Math.Max(since, Volatile.Read(ref last));

    /// <summary>How often it has polled.</summary>
    public long Polls => Interlocked.Read(ref polls);

    /// <summary>How many of these polls it did not wait for the answer to.</summary>
    public long Unanswered => Interlocked.Read(ref unanswered);

    /// <summary>What it was answered last; null where it never waited for an answer.</summary>
    public HealthState? Answered => Volatile.Read(ref answered) is >= 0 and var state ? (HealthState)state : null;

    /// <summary>Whether it is in the list still: another one may have taken its place.</summary>
    public bool IsListed
    {
        get => isListed;
        set => isListed = value;
    }

    /// <summary>Whether it is this one.</summary>
    /// <param name="other">Its address.</param>
    /// <param name="itsAgent">Its <c>User-Agent</c>, cut.</param>
    public bool Is(ClientAddress other, ReadOnlySpan<byte> itsAgent) =>
        address == other && itsAgent.SequenceEqual(agent);

    /// <summary>Notes a poll.</summary>
    /// <param name="state">What it was answered; null: it was gone before.</param>
    /// <param name="at">When, by the wall clock, in ticks of UTC.</param>
    public void Note(HealthState? state, long at)
    {
        Interlocked.Increment(ref polls);
        Volatile.Write(ref last, at);
        if (state is { } shown)
        {
            Volatile.Write(ref answered, (int)shown);
        }
        else
        {
            Interlocked.Increment(ref unanswered);
        }
    }
}
