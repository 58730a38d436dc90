using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>Slows down guessing: so many failed log-ins at once, then one now and again, for each source and user name, and for
/// each source in all.</summary>
/// <remarks>
/// No account is ever locked: guesses from one source do not count for another one, and those at one name do not count for another
/// name of the same source. Names are distinguished by a keyed hash, in <see cref="Names"/> buckets, whether or not a user has the
/// name: memory is bounded, nothing shows who exists, and no client can find out which names share a bucket. While a bucket is
/// empty, right passwords are refused as well, or guessing would continue.
/// A log-in is paid for beforehand and the price given back where it was right, so guesses made side by side count too.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="key">The key of the hash, for tests; left out, a random one.</param>
internal sealed class LoginLimiter(TimeProvider time, byte[]? key = null)
{
    /// <summary>So many failed log-ins at once with one name: a person's typing errors, and a script's few retries.</summary>
    public const int AtOnce = 10;

    /// <summary>So many buckets of names each source has.</summary>
    public const int Names = 64;

    /// <summary>So many failed log-ins at once from one source, whatever the names.</summary>
    public const int AtOnceInAll = 40;

    /// <summary>The most sources that are distinguished, about 6 MB; those beyond share one limit, unless they have logged in before.</summary>
    public const int MostSources = 10_000;

    /// <summary>After <see cref="AtOnce"/>, one more in so long: at most 14,400 guesses a day at one name from one source.</summary>
    public static readonly TimeSpan OneMoreEvery = TimeSpan.FromSeconds(6);

    /// <summary>After <see cref="AtOnceInAll"/>, one more in so long: at most 57,600 guesses a day from one source.</summary>
    public static readonly TimeSpan OneMoreInAllEvery = TimeSpan.FromSeconds(1.5);

    // Made at the first log-in: random bytes load OpenSSL, if that is not loaded yet.
    private readonly Lazy<byte[]> key = new(() => key ?? RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes));
    private readonly Lock gate = new();
    private readonly Dictionary<LoginSource, Allowance> sources = [];
    private readonly Allowance overflow = new();
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
    /// <param name="source">Where it comes from.</param>
    /// <param name="user">The name that is tried, as sent.</param>
    /// <param name="isKnown">Whether the source is one of <see cref="KnownSources"/>.</param>
    public LoginAttempt Begin(LoginSource source, string user, bool isKnown = false)
    {
        int name = BucketOf(user);
        lock (gate)
        {
            TimeSpan now = time.GetElapsedTime(start);
            Allowance allowance = AllowanceOf(source, isKnown, now);
            TimeSpan forName = Later(allowance.NamesFullAt[name], now) + OneMoreEvery;
            TimeSpan inAll = Later(allowance.FullAt, now) + OneMoreInAllEvery;
            TimeSpan tooMuch = Later(
                forName - now - (AtOnce * OneMoreEvery),
                inAll - now - (AtOnceInAll * OneMoreInAllEvery)
            );
            if (tooMuch > TimeSpan.Zero)
            {
                return new(this, null, name, tooMuch);
            }

            allowance.NamesFullAt[name] = forName;
            allowance.FullAt = inAll;
            return new(this, allowance, name, null);
        }
    }

    /// <summary>The bucket that a name falls into.</summary>
    internal int BucketOf(string user)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Value, Encoding.UTF8.GetBytes(user), hash);
        return hash[0] % Names;
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void GiveBack(Allowance allowance, int name)
    {
        lock (gate)
        {
            allowance.NamesFullAt[name] -= OneMoreEvery;
            allowance.FullAt -= OneMoreInAllEvery;
        }
    }

    private Allowance AllowanceOf(LoginSource source, bool isKnown, TimeSpan now)
    {
        if (sources.TryGetValue(source, out Allowance? known))
        {
            return known;
        }

        // Sweeping takes a while: not at every POST of a flood.
        if (sources.Count >= MostSources && now >= nextSweep)
        {
            nextSweep = now + OneMoreEvery;
            foreach ((LoginSource full, _) in sources.Where(one => one.Value.IsFull(now)).ToList())
            {
                sources.Remove(full);
            }
        }

        // A flood of sources does not shut out those who have logged in.
        if (sources.Count >= (isKnown ? MostSources + KnownSources.Most : MostSources))
        {
            return overflow;
        }

        Allowance added = new();
        sources.Add(source, added);
        return added;
    }

    /// <summary>One log-in's claim on its source's limits.</summary>
    internal readonly struct LoginAttempt(LoginLimiter limiter, Allowance? allowance, int name, TimeSpan? retryAfter)
    {
        /// <summary>Null: continue. Else a limit is reached, and the next log-in is free after this time.</summary>
        public TimeSpan? RetryAfter { get; } = retryAfter;

        /// <summary>It was no failed log-in after all. Call it once at most.</summary>
        public void GiveBack()
        {
            if (allowance is not null)
            {
                limiter.GiveBack(allowance, name);
            }
        }
    }

    /// <summary>The token buckets of one source, each as one number: when it will be full again.</summary>
    internal sealed class Allowance
    {
        public TimeSpan[] NamesFullAt { get; } = new TimeSpan[Names];

        public TimeSpan FullAt { get; set; }

        public bool IsFull(TimeSpan now) => FullAt <= now && NamesFullAt.All(fullAt => fullAt <= now);
    }
}
