using System.Runtime.Versioning;

namespace Failover;

/// <summary>Tells when files may have changed, as far as the kernel notices it: one instance of inotify and one thread for the process, which
/// sleeps until something has.</summary>
[SupportedOSPlatform("linux")]
internal sealed class FileNotices
{
    private const int StackSize = 128 * 1024;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);
    private static readonly Lock Gate = new();
    private static FileNotices? ofProcess;

    private readonly Inotify inotify;
    private readonly Lock walking = new();

    // Under it, no system call that may block.
    private readonly Lock gate = new();
    private readonly HashSet<int> unused = [];
    private readonly Dictionary<object, (Dictionary<int, FileEvents> Watches, Action Changed)> followers = [];

    // Who is being given watches at this moment.
    private object? walker;
    private bool hasEnded;

    private FileNotices(Inotify inotify)
    {
        this.inotify = inotify;
        new Thread(TellAll, StackSize) { IsBackground = true, Name = "Failover file notices" }.UnsafeStart();
    }

    /// <summary>The one of this process; null where the system gives none at this moment.</summary>
    public static FileNotices? OfProcess
    {
        get
        {
            lock (Gate)
            {
                return ofProcess ??= Inotify.TryOpen() is { } opened ? new(opened) : null;
            }
        }
    }

    /// <summary>From now on tells a follower when what it follows may have changed, in the place of what it followed before. What changes after this
    /// was called is reported.</summary>
    /// <param name="follower">Who.</param>
    /// <param name="paths">Files and folders, of which none need exist.</param>
    /// <param name="changed">Called on the thread for it, which it must not hold up: once for all that is known at that moment.</param>
    /// <returns>Whether changes are reported: all but that a file is written through mapped memory, and that something is mounted on the way, of which
    /// the kernel gives no notice. They are not on some file systems, where there are too many watches, and where a path leads to a file
    /// system that does not answer.</returns>
    public bool Follow(object follower, IReadOnlyCollection<string> paths, Action changed)
    {
        lock (gate)
        {
            // Those of before count until the new ones are there.
            followers[follower] = (followers.TryGetValue(follower, out var before) ? before.Watches : [], changed);
        }

        try
        {
            // None of the paths by itself: whoever reads one of them need not wait for another.
            return FileThreads.OfProcess.Run(
                $"notices of {string.Join(' ', paths)}",
                () => FollowHere(follower, paths, changed)
            );
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Tells it no longer.</summary>
    public void Leave(object follower)
    {
        lock (gate)
        {
            if (followers.Remove(follower, out var left))
            {
                unused.UnionWith(left.Watches.Keys);
            }
        }

        // Whoever walks does it afterwards.
        if (walking.TryEnter())
        {
            try
            {
                EndUnused();
            }
            finally
            {
                walking.Exit();
            }
        }
    }

    // One at a time: a watch that is ended here is not given to another meanwhile. Where one gets no answer, the others get no notices.
    private bool FollowHere(object follower, IReadOnlyCollection<string> paths, Action changed)
    {
        // Whoever walks may be at a path that does not answer: that is no reason to hold up all others.
        if (!walking.TryEnter(LongestWait))
        {
            return false;
        }

        try
        {
            lock (gate)
            {
                walker = follower;
            }

            bool isWhole = TryWalk(paths, out Dictionary<int, FileEvents> watches);
            lock (gate)
            {
                walker = null;
                // It may have left meanwhile.
                if (followers.TryGetValue(follower, out var before))
                {
                    followers[follower] = (watches, changed);
                    unused.UnionWith(before.Watches.Keys);
                }
                else
                {
                    unused.UnionWith(watches.Keys);
                }

                isWhole &= !hasEnded;
            }

            EndUnused();
            return isWhole;
        }
        finally
        {
            walking.Exit();
        }
    }

    private bool TryWalk(IReadOnlyCollection<string> paths, out Dictionary<int, FileEvents> watches)
    {
        bool isWhole = true;
        Dictionary<int, FileEvents> found = [];
        Dictionary<string, FileEvents> seen = new(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            {
                isWhole = false;
            }
            else
            {
                PathWalk.Walk(path, Watch);
            }
        }

        watches = found;
        return isWhole;

        void Watch(string place, FileEvents events)
        {
            FileEvents already = seen.GetValueOrDefault(place);
            if ((events & ~already) == FileEvents.None)
            {
                return;
            }

            seen[place] = already | events;
            int watch = inotify.Watch(place, events);
            // Folders on the way are seldom renamed, and often not to be watched: that of a container's root, one that this user may only pass.
            isWhole &= events == FileEvents.Gone || (watch >= 0 && FileSystemKind.ReportsChanges(place));
            if (watch >= 0)
            {
                found[watch] = found.GetValueOrDefault(watch) | events;
            }
        }
    }

    // By whoever may walk.
    private void EndUnused()
    {
        lock (gate)
        {
            unused.ExceptWith(followers.Values.SelectMany(follower => follower.Watches.Keys));
            foreach (int watch in unused)
            {
                inotify.Unwatch(watch);
            }

            unused.Clear();
        }
    }

    private void TellAll()
    {
        while (inotify.Wait() is { } events)
        {
            foreach (Action changed in Concerned(events))
            {
                changed();
            }
        }

        lock (gate)
        {
            hasEnded = true;
        }
    }

    private Action[] Concerned(List<(int Watch, FileEvents Events)> events)
    {
        lock (gate)
        {
            return
            [
                .. followers
                    .Where(follower => events.Exists(seen => Concerns(follower.Key, follower.Value.Watches, seen)))
                    .Select(follower => follower.Value.Changed),
            ];
        }
    }

    // A lost event may be anybody's. Whoever is being given watches gets all, for it is not known here yet which are its own. A watch that
    // several have reports what any of them wants.
    private bool Concerns(object follower, Dictionary<int, FileEvents> watches, (int Watch, FileEvents Events) seen) =>
        follower == walker
        || seen.Events.HasFlag(FileEvents.Overflow)
        || (
            watches.TryGetValue(seen.Watch, out FileEvents wanted)
            && (seen.Events & (wanted | FileEvents.Ended)) != FileEvents.None
        );
}
