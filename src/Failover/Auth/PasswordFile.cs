namespace Failover;

/// <summary>What became of a password.</summary>
internal enum PasswordCheck
{
    /// <summary>The user is listed with this password.</summary>
    Right,

    /// <summary>Not listed, or with another one.</summary>
    Wrong,

    /// <summary>The file has been bad for too long: nobody gets in.</summary>
    Unavailable,

    /// <summary>Too many log-ins wait for their turn, or this one waited too long.</summary>
    Busy,
}

/// <summary>An open <see cref="HtpasswdFile"/>: checks passwords against the file as it is now.</summary>
/// <remarks>Small as it is, the file is read at every log-in and compared by content: time stamps may stand still between
/// two changes. A file system that hangs holds up log-ins, for as long as <see cref="RegularFile"/> waits, and nothing else.</remarks>
/// <param name="path">Where it is.</param>
/// <param name="time">For <see cref="Grace"/>.</param>
/// <param name="hasher">Null: the real one.</param>
internal sealed class PasswordFile(string path, TimeProvider time, Hasher? hasher = null) : IDisposable
{
    /// <summary>For so long, from when the file was first found bad, the last good reading still counts.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a log-in waits for its turn and its hash. A full queue at bcrypt's highest cost takes about ten
    /// seconds.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private readonly Hasher hash = hasher ?? PasswordHashing.Hash;
    private readonly LoginThread thread = new();
    private readonly Lock gate = new();
    private volatile PasswordFileReading? lastGood;
    private volatile string? problem;
    private long? badSince;
    private ITimer? watch;

    /// <summary>What the last good reading has to complain of: weak formats, a file that others may read.</summary>
    public IReadOnlyList<string> Warnings => lastGood?.Warnings ?? [];

    /// <summary>Why the file is bad, in one line; null where the latest reading was good.</summary>
    public string? Problem => problem;

    /// <summary>Reads the file for the first time. Call it when the server starts.</summary>
    /// <exception cref="PasswordFileException">The file is missing, unreadable, too large or malformed, or the system cannot
    /// compute its hashes.</exception>
    public void Load()
    {
        lock (gate)
        {
            lastGood = PasswordFileReading.Read(path, hash, null);
        }
    }

    /// <summary>Checks a password. Neither it nor the outcome is kept.</summary>
    /// <param name="user">Compared ordinally.</param>
    /// <param name="password">As sent; may be wiped once this has returned.</param>
    /// <param name="ct">Ends the wait; a log-in whose turn has not come is then dropped.</param>
    public async ValueTask<PasswordCheck> VerifyAsync(string user, ReadOnlyMemory<byte> password, CancellationToken ct)
    {
        if (thread.TryEnter(() => Verify(user, password.Span)) is not { } turn)
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

    /// <summary>From now on reads the file once a second, so that <see cref="Grace"/> begins when it goes bad and not when the next
    /// log-in finds it so.</summary>
    /// <param name="warn">Is told in one line when it has gone bad, and when it is good again.</param>
    public void Watch(Action<string> warn)
    {
        string? told = null;
        // Takes a turn as log-ins do: a file system that hangs holds up this thread only.
        watch = time.CreateTimer(_ => thread.TryEnter(Look), state: null, WatchInterval, WatchInterval);

        PasswordCheck Look()
        {
            Current();
            if (problem != told)
            {
                told = problem;
                warn(problem ?? $"{path}: good again");
            }

            return PasswordCheck.Wrong;
        }
    }

    /// <summary>Takes no more log-ins; those that wait are finished.</summary>
    public void Dispose()
    {
        watch?.Dispose();
        thread.Dispose();
    }

    private PasswordCheck Verify(string user, ReadOnlySpan<byte> password)
    {
        // C's strings end at NUL: no hash of htpasswd's was made of a password that holds one.
        return Current() is not { } users ? PasswordCheck.Unavailable
            : !password.Contains((byte)0) && users.IsRight(user, password, hash) ? PasswordCheck.Right
            : PasswordCheck.Wrong;
    }

    // The users who may log in now; null: nobody, because the file has been bad for too long.
    private UserList? Current()
    {
        lock (gate)
        {
            try
            {
                PasswordFileReading reading = PasswordFileReading.Read(path, hash, lastGood);
                lastGood = reading;
                problem = null;
                badSince = null;
                return reading.Users;
            }
            catch (PasswordFileException bad)
            {
                problem = bad.Message;
                badSince ??= time.GetTimestamp();
                return time.GetElapsedTime(badSince.Value) < Grace ? lastGood?.Users : null;
            }
        }
    }
}
