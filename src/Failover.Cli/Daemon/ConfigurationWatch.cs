namespace Failover;

/// <summary>Notices that what a configuration was read from has changed.</summary>
/// <remarks>The files are read once a second and compared by content. Notices of the kernel's are not asked for: they can run out,
/// do not tell of a symbolic link far up the path that leads elsewhere (a ConfigMap), and are not to be had on every file
/// system; and a file is small. A change is told once the content was the same in two looks in a row, so that one that is being
/// written is not read by halves.</remarks>
/// <param name="time">The clock.</param>
/// <param name="changed">Called for each change, once.</param>
internal sealed class ConfigurationWatch(TimeProvider time, Action changed) : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private ConfigurationReading? followed;
    private ITimer? timer;
    private FileContents known = FileContents.None;
    private FileContents seen = FileContents.None;
    private bool isDisposed;
    private int isLooking;

    /// <summary>What is there now is about to be read: it is no change.</summary>
    public void Remember()
    {
        FileContents now = Look(out ConfigurationReading? looked);
        lock (gate)
        {
            known = looked == followed ? now : known;
        }
    }

    /// <summary>From now on watches what this reading was made of. Where it was watched before, what changed while it was read is a
    /// change.</summary>
    public void Follow(ConfigurationReading reading)
    {
        FileContents now = FileContents.Of(reading.Sources, reading.Folders);
        lock (gate)
        {
            followed = reading;
            known = now.As(known);
            seen = FileContents.None;
            if (!isDisposed)
            {
                timer ??= time.CreateTimer(_ => Check(), state: null, Interval, Interval);
            }
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
        // A file system that hangs holds up one look and not one more every second.
        if (Interlocked.Exchange(ref isLooking, 1) != 0)
        {
            return;
        }

        bool isChange = LookForChange();
        Volatile.Write(ref isLooking, 0);
        if (isChange)
        {
            changed();
        }
    }

    private bool LookForChange()
    {
        FileContents now = Look(out ConfigurationReading? looked);
        lock (gate)
        {
            // Other files may be followed by now.
            bool isAtRest = looked == followed && now.IsSameAs(seen);
            seen = now;
            if (!isAtRest || now.IsSameAs(known))
            {
                return false;
            }

            known = now;
            return true;
        }
    }

    private FileContents Look(out ConfigurationReading? looked)
    {
        lock (gate)
        {
            looked = followed;
        }

        return looked is null ? FileContents.None : FileContents.Of(looked.Sources, looked.Folders);
    }
}
