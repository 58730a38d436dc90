namespace Failover;

/// <summary>Notices that what a configuration was read from has changed.</summary>
/// <remarks>The files are compared once a second, by content; one of which the system says that nothing has touched it is not read each
/// time (<see cref="FileHashes"/>). Notices of the kernel's are not asked for: they can run out, do not tell of a symbolic link far up the
/// path that leads elsewhere (a ConfigMap), and are not to be had on every file system. A change is reported once the content was the same in
/// two consecutive checks, so that one that is being written is not read by halves.</remarks>
/// <param name="time">The clock.</param>
/// <param name="changed">Called for each change, once.</param>
internal sealed class ConfigurationWatch(TimeProvider time, Action changed) : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private FileContents followed = FileContents.None;
    private FileContents known = FileContents.None;
    private FileContents seen = FileContents.None;
    private FileHashes hashes = new(time);
    private ITimer? timer;
    private bool isDisposed;
    private int isChecking;

    /// <summary>From now on watches what this reading was made of. What the files held when they were read is no change; what they
    /// have held since is one.</summary>
    public void Follow(ConfigurationReading reading)
    {
        lock (gate)
        {
            followed = known = reading.Contents;
            seen = FileContents.None;
            hashes = new(time);
            if (!isDisposed)
            {
                timer ??= time.CreateTimer(_ => Check(), state: null, Interval, Interval);
            }
        }
    }

    /// <summary>Watches nothing until it is to follow another reading.</summary>
    public void Rest()
    {
        lock (gate)
        {
            followed = known = seen = FileContents.None;
            timer?.Dispose();
            timer = null;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            timer?.Dispose();
        }
    }

    private void Check()
    {
        // A file system that hangs blocks one comparison, not one more every second.
        if (Interlocked.Exchange(ref isChecking, 1) != 0)
        {
            return;
        }

        bool isChange = CheckForChange();
        Volatile.Write(ref isChecking, 0);
        if (isChange)
        {
            changed();
        }
    }

    private bool CheckForChange()
    {
        FileContents compared;
        FileHashes ofCompared;
        lock (gate)
        {
            (compared, ofCompared) = (followed, hashes);
        }

        FileContents now = compared.Again(ofCompared);
        lock (gate)
        {
            // Other files may be followed by now.
            if (compared != followed)
            {
                return false;
            }

            bool isAtRest = now.IsSameAs(seen);
            seen = now;
            if (!isAtRest || now.IsSameAs(known))
            {
                return false;
            }

            known = now;
            return true;
        }
    }
}
