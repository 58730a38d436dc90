namespace Failover;

/// <summary>Notices that what a configuration was read from has changed.</summary>
/// <remarks>The files are compared by content when the kernel notices something, and now and then in any case (<see cref="FileWatch"/>). One of
/// which the system says that nothing has touched it is not read each time (<see cref="FileHashes"/>). A change is reported once the content was
/// the same in two comparisons, a second apart, so that one that is being written is not read by halves.</remarks>
internal sealed class ConfigurationWatch : IDisposable
{
    /// <summary>From one comparison to the next while something changes, and where the kernel does not notice everything.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time;
    private readonly Action changed;
    private readonly FileWatch files;
    private readonly Lock gate = new();
    private FileContents followed = FileContents.None;
    private FileContents known = FileContents.None;
    private FileContents seen = FileContents.None;
    private FileHashes hashes;
    private bool isDisposed;

    /// <summary>Watches nothing yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called for each change, once.</param>
    public ConfigurationWatch(TimeProvider time, Action changed)
    {
        (this.time, this.changed) = (time, changed);
        hashes = new(time);
        files = new(time, Interval, Check);
    }

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
                files.Follow([.. reading.Contents.Places.Select(place => place.Path)]);
            }
        }
    }

    /// <summary>Watches nothing until it is to follow another reading.</summary>
    public void Rest()
    {
        lock (gate)
        {
            followed = known = seen = FileContents.None;
            files.Dispose();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            files.Dispose();
        }
    }

    // Whether nothing is changing.
    private bool Check()
    {
        bool isChange = CheckForChange(out bool isSettled);
        if (isChange)
        {
            changed();
        }

        return isSettled;
    }

    private bool CheckForChange(out bool isSettled)
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
            isSettled = false;
            // Other files may be followed by now.
            if (compared != followed)
            {
                return false;
            }

            bool isAtRest = now.IsSameAs(seen);
            seen = now;
            isSettled = now.IsSameAs(known);
            if (!isAtRest || isSettled)
            {
                return false;
            }

            known = now;
            isSettled = true;
            return true;
        }
    }
}
