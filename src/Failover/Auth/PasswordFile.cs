namespace Failover;

/// <summary>What became of a password.</summary>
internal enum PasswordCheck
{
    /// <summary>The user is listed with this password.</summary>
    Right,

    /// <summary>Not listed, or with another one.</summary>
    Wrong,

    /// <summary>The file has been bad for too long: every log-in is rejected.</summary>
    Unavailable,

    /// <summary>Too many log-ins wait for their turn, or this one waited too long.</summary>
    Busy,
}

/// <summary>An open <see cref="HtpasswdFile"/>: checks passwords against the file as it is now.</summary>
/// <remarks>Small as it is, the file is read at every log-in and compared by content: time stamps may stand still between
/// two changes. It is read on a thread of its own: a file system that hangs makes this file unusable and holds up no other.</remarks>
internal sealed class PasswordFile : IDisposable
{
    /// <summary>For so long, from when the file was first found bad, the last good reading still counts.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How long a log-in waits for its turn and its hash. A full queue at bcrypt's highest cost takes about ten
    /// seconds.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <summary>A reading that takes longer counts as failed until it ends.</summary>
    public static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly string path;
    private readonly TimeProvider time;
    private readonly LoginThread logins;
    private readonly Hasher hash;
    private readonly ReadingThread reading;
    private readonly Lock gate = new();
    private volatile PasswordFileReading? lastGood;
    private volatile string? problem;
    private volatile bool isClosed;
    private long? badSince;
    private Action<string>? warn;
    private string? reported;
    private FileWatch? watch;
    private bool isAwaited;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="time">For <see cref="Grace"/>.</param>
    /// <param name="logins">Hashes the passwords; others may share it.</param>
    /// <param name="hasher">Null: the real one.</param>
    public PasswordFile(string path, TimeProvider time, LoginThread logins, Hasher? hasher = null)
    {
        (this.path, this.time, this.logins) = (path, time, logins);
        hash = hasher ?? PasswordHashing.Hash;
        reading = new(Read, LongestReading);
    }

    /// <summary>What the last good reading has to complain of: weak formats, a file that others may read.</summary>
    public IReadOnlyList<string> Warnings => lastGood?.Warnings ?? [];

    /// <summary>Why the file is bad, in one line; null where the latest reading was good.</summary>
    public string? Problem => problem;

    /// <summary>The problem with what comes of it, in one line; null where there is none.</summary>
    public string? Consequence =>
        problem is not { } flaw ? null
        : lastGood is null ? $"{flaw}; until it is good, the POSTs that it guards are answered with 503"
        : $"{flaw}; its last good version counts for {Units.Text(Grace)}, then the POSTs that it guards are answered with 503";

    /// <summary>Reads the file for the first time. A file that is bad now may be good later, and is then used.</summary>
    /// <exception cref="PasswordFileException">The file is missing, unreadable, too large or malformed, or the system cannot
    /// compute its hashes.</exception>
    public void Load()
    {
        Current();
        if (problem is { } flaw)
        {
            throw new PasswordFileException(flaw);
        }
    }

    /// <summary>Checks a password. Neither it nor the outcome is kept.</summary>
    /// <param name="user">Compared ordinally.</param>
    /// <param name="password">As sent; may be wiped once this has returned.</param>
    /// <param name="source">Where the log-in comes from.</param>
    /// <param name="goesFirst">Whether that has logged in before.</param>
    /// <param name="ct">Ends the wait; a log-in whose turn has not come is then dropped.</param>
    public async ValueTask<PasswordCheck> VerifyAsync(
        string user,
        ReadOnlyMemory<byte> password,
        LoginSource source,
        bool goesFirst,
        CancellationToken ct
    )
    {
        if (isClosed || logins.TryEnter(source, goesFirst, () => Verify(user, password.Span)) is not { } turn)
        {
            return PasswordCheck.Busy;
        }

        try
        {
            return await turn.WaitAsync(LongestWait, time, ct);
        }
        catch (TimeoutException)
        {
            return PasswordCheck.Busy;
        }
    }

    /// <summary>The hash of a user's password in the last good reading; null where the user is not listed, or no log-in is taken any
    /// more.</summary>
    public string? EntryOf(string user) => isClosed ? null : lastGood?.Users.EntryOf(user);

    /// <summary>From now on reads the file when it may have changed, so that <see cref="Grace"/> begins when it goes bad and not when the next
    /// log-in finds it so.</summary>
    /// <param name="warning">Called when it has gone bad, and when it is good again, with a line each. What is known already is
    /// not reported.</param>
    public void Watch(Action<string> warning)
    {
        reported = problem;
        warn = warning;
        watch = new(time, WatchInterval, Compare);
        watch.Follow([path]);
    }

    /// <summary>Takes no more log-ins; those that wait are finished.</summary>
    public void Dispose()
    {
        isClosed = true;
        watch?.Dispose();
        reading.Dispose();
    }

    // Read by the thread for it, and not settled before the next comparison, a second later: that knows what it has found.
    private bool Compare()
    {
        if (!reading.Ask())
        {
            Take(null, Late);
            Tell();
        }

        isAwaited = !isAwaited;
        return !isAwaited && problem is null;
    }

    private void Tell()
    {
        string? now = problem;
        if (warn is null || Interlocked.Exchange(ref reported, now) == now)
        {
            return;
        }

        warn(Consequence ?? $"{path}: good again");
        foreach (string warning in now is null ? Warnings : [])
        {
            warn(warning);
        }
    }

    private PasswordCheck Verify(string user, ReadOnlySpan<byte> password)
    {
        // C's strings end at NUL: no hash of htpasswd's was made of a password that holds one.
        return Current() is not { } users ? PasswordCheck.Unavailable
            : !password.Contains((byte)0) && users.Matches(user, password, hash) ? PasswordCheck.Right
            : PasswordCheck.Wrong;
    }

    // The users who may log in now; null: none, because the file has been bad for too long.
    private UserList? Current()
    {
        if (!reading.WaitForOne())
        {
            Take(null, Late);
        }

        lock (gate)
        {
            return badSince is not { } since || time.GetElapsedTime(since) < Grace ? lastGood?.Users : null;
        }
    }

    private string Late =>
        $"{path}: cannot be read (that takes longer than {Units.Text(LongestReading)}); accepted: a file that this process may read";

    // On the thread for it.
    private void Read()
    {
        try
        {
            Take(PasswordFileReading.Read(path, hash, lastGood), null);
        }
        catch (PasswordFileException bad)
        {
            Take(null, bad.Message);
        }
#pragma warning disable CA1031 // The thread must outlive it, and no log-in is accepted by it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Take(null, $"{path}: cannot be read ({fault.GetType().Name}); accepted: a file that this process may read");
        }

        Tell();
    }

    private void Take(PasswordFileReading? good, string? flaw)
    {
        lock (gate)
        {
            lastGood = good ?? lastGood;
            problem = flaw;
            badSince = flaw is null ? null : badSince ?? time.GetTimestamp();
        }
    }
}
