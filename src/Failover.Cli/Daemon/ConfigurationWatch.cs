using System.Threading.Channels;

namespace Failover;

/// <summary>Asks for the configuration to be read anew when its files have another content.</summary>
/// <remarks>The content is looked at every second. Nothing is asked of inotify: it knows nothing of what a symbolic link
/// newly leads to (a Kubernetes ConfigMap changes so) and can be used up. What is still being written differs from one look
/// to the next, and is left alone until it does not.</remarks>
internal sealed class ConfigurationWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Func<Task> read;
    private readonly Action<Exception> tellFault;
    private readonly ITimer? looking;
    private readonly Task reading;

    // Whoever asks while one reading waits to begin has asked for that one.
    private readonly Channel<bool> asked = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private IReadOnlyCollection<string> files = [];
    private IReadOnlyCollection<string> folders = [];
    private FileContents known = FileContents.None;
    private FileContents lastSeen = FileContents.None;
    private int isLooking;

    /// <param name="time">The clock.</param>
    /// <param name="isLooking">Whether it looks by itself; else it waits for <see cref="CheckNow"/>.</param>
    /// <param name="read">Reads the configuration anew, and calls <see cref="Watch"/> with what that has looked for. Never two
    /// at a time.</param>
    /// <param name="tellFault">Takes what broke a reading unforeseen; the next one is made all the same.</param>
    public ConfigurationWatch(TimeProvider time, bool isLooking, Func<Task> read, Action<Exception> tellFault)
    {
        this.read = read;
        this.tellFault = tellFault;
        looking = isLooking ? time.CreateTimer(_ => Look(), state: null, Interval, Interval) : null;
        reading = ReadAsAskedAsync();
    }

    /// <summary>Sets what is looked at. What was looked at before is compared with what it held when it was about to be read:
    /// what has changed since then is noticed.</summary>
    /// <param name="newFiles">All files that were read or looked for.</param>
    /// <param name="newFolders">The folders that files were sought in by a pattern.</param>
    public void Watch(IReadOnlyCollection<string> newFiles, IReadOnlyCollection<string> newFolders)
    {
        FileContents now = FileContents.Of(newFiles, newFolders);
        lock (gate)
        {
            (files, folders) = (newFiles, newFolders);
            known = now.As(known);
            lastSeen = FileContents.None;
        }
    }

    /// <summary>Has the configuration read as soon as no other reading is under way, whatever the files hold.</summary>
    public void CheckNow() => asked.Writer.TryWrite(true);

    /// <summary>Ends when the reading that is under way has.</summary>
    public async ValueTask DisposeAsync()
    {
        if (looking is not null)
        {
            await looking.DisposeAsync();
        }

        asked.Writer.TryComplete();
        await reading;
    }

    private void Look()
    {
        // A file server that hangs holds up one look, not a thread for each second of it.
        if (Interlocked.Exchange(ref isLooking, 1) != 0)
        {
            return;
        }

        try
        {
            if (HasChanged())
            {
                CheckNow();
            }
        }
        finally
        {
            Volatile.Write(ref isLooking, 0);
        }
    }

    private bool HasChanged()
    {
        (FileContents seen, bool isStale) = See();
        lock (gate)
        {
            bool isAtRest = seen.IsSameAs(lastSeen);
            lastSeen = seen;
            return isAtRest && !isStale && !seen.IsSameAs(known);
        }
    }

    // What is seen, and whether other files are looked at by now.
    private (FileContents Seen, bool IsStale) See()
    {
        IReadOnlyCollection<string> looked;
        IReadOnlyCollection<string> sought;
        lock (gate)
        {
            (looked, sought) = (files, folders);
        }

        FileContents seen = FileContents.Of(looked, sought);
        lock (gate)
        {
            return (seen, !ReferenceEquals(looked, files));
        }
    }

    private async Task ReadAsAskedAsync()
    {
        await foreach (bool _ in asked.Reader.ReadAllAsync())
        {
            FileContents seen = See().Seen;
            lock (gate)
            {
                known = seen;
            }

            try
            {
                await read();
            }
#pragma warning disable CA1031 // Whatever breaks a reading is told, and is not the last one's end.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                tellFault(exception);
            }
        }
    }
}
