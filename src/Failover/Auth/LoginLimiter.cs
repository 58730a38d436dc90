using System.Buffers.Binary;
using System.Net;

namespace Failover;

/// <summary>Slows down guessing: so many failed log-ins at once for each source address, then one now and again.</summary>
/// <remarks>No account is ever locked, so nobody can lock out another; but while a source is over its limit, right passwords
/// are refused as well, or guessing would go on. A log-in is paid for beforehand and the price given back where it was right,
/// so guesses made side by side count too.</remarks>
internal sealed class LoginLimiter(TimeProvider time)
{
    /// <summary>So many failed log-ins at once: a person's typing errors, and a script's few retries.</summary>
    public const int AtOnce = 10;

    /// <summary>After that, one more in so long: at most 14,400 guesses a day from one source.</summary>
    public static readonly TimeSpan OneMoreEvery = TimeSpan.FromSeconds(6);

    /// <summary>So many sources are told apart, about 1 MB; those beyond share one limit.</summary>
    public const int MostSources = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<(bool IsV6, ulong Network), Bucket> sources = [];
    private readonly Bucket overflow = new();
    private readonly long start = time.GetTimestamp();
    private TimeSpan nextSweep;

    /// <summary>How many sources are remembered.</summary>
    public int SourceCount
    {
        get
        {
            lock (gate)
            {
                return sources.Count;
            }
        }
    }

    /// <summary>Pays for one log-in.</summary>
    /// <param name="source">Where it comes from: an IPv4 address (mapped into IPv6 or not) or the /64 of an IPv6 address,
    /// which is what one subscriber has. Null (a socket without addresses) is a source, too.</param>
    public LoginAttempt Begin(IPAddress? source)
    {
        lock (gate)
        {
            TimeSpan now = time.GetElapsedTime(start);
            Bucket bucket = BucketOf(Key(source), now);
            TimeSpan fullAt = (bucket.FullAt > now ? bucket.FullAt : now) + OneMoreEvery;
            TimeSpan tooMuch = fullAt - now - (AtOnce * OneMoreEvery);
            if (tooMuch > TimeSpan.Zero)
            {
                return new(this, null, tooMuch);
            }

            bucket.FullAt = fullAt;
            return new(this, bucket, null);
        }
    }

    private void GiveBack(Bucket bucket)
    {
        lock (gate)
        {
            bucket.FullAt -= OneMoreEvery;
        }
    }

    private Bucket BucketOf((bool IsV6, ulong Network) key, TimeSpan now)
    {
        if (sources.TryGetValue(key, out Bucket? known))
        {
            return known;
        }

        // Sweeping takes a while: not at every POST of a flood. Nothing refills sooner than OneMoreEvery.
        if (sources.Count >= MostSources && now >= nextSweep)
        {
            nextSweep = now + OneMoreEvery;
            foreach ((var full, _) in sources.Where(source => source.Value.FullAt <= now).ToList())
            {
                sources.Remove(full);
            }
        }

        if (sources.Count >= MostSources)
        {
            return overflow;
        }

        Bucket added = new();
        sources.Add(key, added);
        return added;
    }

    private static (bool IsV6, ulong Network) Key(IPAddress? source)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (source is null || !source.TryWriteBytes(bytes, out int length))
        {
            return default;
        }

        return length == 4 ? (false, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : source.IsIPv4MappedToIPv6 ? (false, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))
            : (true, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>One log-in's claim on its source's limit.</summary>
    internal readonly struct LoginAttempt(LoginLimiter limiter, Bucket? bucket, TimeSpan? retryAfter)
    {
        /// <summary>Null: go on. Else the source is over its limit, and the next log-in is free after this time.</summary>
        public TimeSpan? RetryAfter { get; } = retryAfter;

        /// <summary>It was no failed log-in after all. Call it once at most.</summary>
        public void GiveBack()
        {
            if (bucket is not null)
            {
                limiter.GiveBack(bucket);
            }
        }
    }

    /// <summary>A token bucket as one number: when it will be full again.</summary>
    internal sealed class Bucket
    {
        public TimeSpan FullAt { get; set; }
    }
}
