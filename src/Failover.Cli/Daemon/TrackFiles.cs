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
    // No event tells of the first state.
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);

    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TimeSpan touchInterval = touchInterval ?? TimeSpan.FromSeconds(10);
    private readonly ConcurrentQueue<string> changed = new();
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
                    changed.Enqueue(change.Component);
                }

                isScanDue |= entry.Missed > 0;
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
        bool areAllKnown = false;
        while (!end.IsCancellationRequested)
        {
            bool isTouchDue = service.Time.GetElapsedTime(touched) >= touchInterval;
            if (isTouchDue || isScanDue || !areAllKnown)
            {
                isScanDue = false;
                areAllKnown = WriteAll(isTouchDue);
                touched = isTouchDue ? service.Time.GetTimestamp() : touched;
            }

            while (folder is { } into && changed.TryDequeue(out string? name))
            {
                if (service.TryFind(name, out Component? component) && !component!.IsOnDemand)
                {
                    Write(into, component, isTouchDue: false);
                }
            }

            TimeSpan left = touchInterval - service.Time.GetElapsedTime(touched);
            TimeSpan pause = areAllKnown || left < FirstInterval ? left : FirstInterval;
            // Rounded up to the timer's grain.
            wake.WaitOne((int)Math.Ceiling(Math.Max(pause.TotalMilliseconds, 0)));
        }
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
            if (!hasWarned)
            {
                hasWarned = true;
                warn($"{path}: cannot be written ({fault.Message}); it is tried again every second");
            }

            return false;
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
