using System.Collections.Concurrent;

namespace Failover;

/// <summary>Keeps a file for each component that is judged in the background, with its state as a number, for programs that follow
/// files, as keepalived's <c>track_file</c> does.</summary>
/// <remarks>A file is replaced as a whole when the state changes, and touched every 10 s. They have a thread of their own: a disk that hangs holds
/// up nothing else, and shows in the age of the files. They stay when the daemon ends.</remarks>
/// <param name="service">The components.</param>
/// <param name="warn">Takes why a file cannot be written, once until all can be again.</param>
/// <param name="touchInterval">How often files are touched; left out, every 10 s.</param>
internal sealed class TrackFiles(HealthService service, Action<string> warn, TimeSpan? touchInterval = null)
    : IDisposable
{
    // Until all files are written: no event tells of the first state, nor of a disk that has space again.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TimeSpan touchInterval = touchInterval ?? TimeSpan.FromSeconds(10);

    // Whose state has changed. At most the components that there have been.
    private readonly ConcurrentDictionary<string, bool> changed = new(StringComparer.Ordinal);
    private readonly AutoResetEvent wake = new(initialState: false);
    private readonly CancellationTokenSource end = new();
    private volatile string? folder;
    private volatile bool isScanDue;
    private bool isStarted;

    // Of the thread alone: what is in each file, by its path.
    private Dictionary<string, HealthState> written = new(StringComparer.Ordinal);
    private bool hasWarned;

    /// <summary>Writes into a folder from now on, for the components that there are now, and removes what it wrote for others.</summary>
    /// <param name="next">The folder, which is made where it is missing; null: no files.</param>
    public void Use(string? next)
    {
        folder = next;
        isScanDue = true;
        if (next is not null && !isStarted)
        {
            isStarted = true;
            _ = FollowAsync();
            new Thread(Run) { IsBackground = true, Name = "track files" }.Start();
        }

        wake.Set();
    }

    /// <summary>The name of a component's file: the component's own, but for slashes, percent signs and a leading dot, which are
    /// percent-encoded.</summary>
    public static string NameOf(string component)
    {
        string name = component
            .Replace("%", "%25", StringComparison.Ordinal)
            .Replace("/", "%2F", StringComparison.Ordinal);
        return name.StartsWith('.') ? $"%2E{name[1..]}" : name;
    }

    public void Dispose()
    {
        end.Cancel();
        wake.Set();
    }

    private async Task FollowAsync()
    {
        try
        {
            EventRing events = service.Engine.Events;
            await foreach (RingEntry entry in events.FollowAsync(events.Written, end.Token))
            {
                if (entry.Event is StateChange change)
                {
                    changed[change.Component] = true;
                }

                if (entry.Missed > 0)
                {
                    isScanDue = true;
                }

                wake.Set();
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon ends.
        }
    }

    private void Run()
    {
        long touched = service.Time.GetTimestamp();
        bool isComplete = false;
        while (!end.IsCancellationRequested)
        {
            bool isTouchDue = service.Time.GetElapsedTime(touched) >= touchInterval;
            touched = isTouchDue ? service.Time.GetTimestamp() : touched;
            try
            {
                isComplete = WriteDue(isTouchDue, isComplete);
            }
#pragma warning disable CA1031 // Whatever is wrong with a file, the daemon goes on.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                isComplete = false;
                Warn(fault.Message);
            }

            TimeSpan left = touchInterval - service.Time.GetElapsedTime(touched);
            TimeSpan pause = isComplete || left < RetryInterval ? left : RetryInterval;
            // Rounded up to the timer's grain.
            wake.WaitOne((int)Math.Ceiling(Math.Max(pause.TotalMilliseconds, 0)));
        }
    }

    // Whether all files are as they should be.
    private bool WriteDue(bool isTouchDue, bool wasComplete)
    {
        if (isTouchDue || isScanDue || !wasComplete)
        {
            isScanDue = false;
            changed.Clear();
            return WriteAll(isTouchDue);
        }

        bool isComplete = true;
        foreach (string name in changed.Keys)
        {
            changed.TryRemove(name, out _);
            if (folder is { } into && service.TryFind(name, out Component? component) && !component!.IsOnDemand)
            {
                isComplete &= Write(into, component, isTouchDue: false);
            }
        }

        return isComplete;
    }

    // Whether every component has been judged, and its file written.
    private bool WriteAll(bool isTouchDue)
    {
        string? into = folder;
        Dictionary<string, HealthState> before = written;
        written = new(StringComparer.Ordinal);
        bool isComplete = true;
        foreach (Component component in service.Components.Where(one => into is not null && !one.IsOnDemand))
        {
            string path = Path.Join(into, NameOf(component.Name));
            if (before.Remove(path, out HealthState state))
            {
                written.Add(path, state);
            }

            isComplete &= Write(into!, component, isTouchDue);
        }

        foreach (string path in before.Keys)
        {
            isComplete &= Try(path, () => File.Delete(path));
        }

        hasWarned &= !isComplete;
        return isComplete;
    }

    private bool Write(string into, Component component, bool isTouchDue)
    {
        Snapshot shown = component.LastKnown();
        string path = Path.Join(into, NameOf(component.Name));
        bool isThere = written.TryGetValue(path, out HealthState state);
        if (!shown.IsKnown)
        {
            return false;
        }

        if (isThere && state == shown.State)
        {
            return !isTouchDue || Try(path, () => File.SetLastWriteTimeUtc(path, service.Time.GetUtcNow().UtcDateTime));
        }

        return Try(
            path,
            () =>
            {
                Directory.CreateDirectory(into);
                // Whoever may read the folder may read what it holds, whatever the umask says.
                string unfinished = Path.Join(into, $".{NameOf(component.Name)}");
                File.WriteAllText(unfinished, $"{NumberOf(shown.State)}\n");
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(unfinished, Readable);
                }

                File.Move(unfinished, path, overwrite: true);
                written[path] = shown.State;
            }
        );
    }

    private bool Try(string path, Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Written anew once that is possible, whatever is in it by then.
            written.Remove(path);
            Warn($"{path}: {fault.Message}");
            return false;
        }
    }

    private void Warn(string fault)
    {
        if (!hasWarned)
        {
            hasWarned = true;
            warn($"{FileKeys.TrackFiles}: not all files can be kept ({fault}); it is tried again every second");
        }
    }

    private static char NumberOf(HealthState state) =>
        state switch
        {
            HealthState.Ok => '0',
            HealthState.Fail => '1',
            _ => '2',
        };
}
