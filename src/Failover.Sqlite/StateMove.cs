using System.Text;

namespace Failover;

/// <summary>Makes a process that starts with another state file continue from the previous one: a latch that is stored there after the
/// change is not left behind.</summary>
/// <remarks>A note beside the new file, <c>other.db.from</c>, names the file that is in use. The next start with the new file copies
/// what was stored, and takes the note away when that is done. Killed in between, the one after it begins again.</remarks>
internal static class StateMove
{
    private const int LongestNote = 64 * 1024;

    /// <summary>Notes that a file is to continue from the one in use.</summary>
    /// <param name="from">The file in use.</param>
    /// <param name="to">The file that the next start uses.</param>
    /// <exception cref="StateStoreException">It could not be used, or that cannot be noted.</exception>
    public static void Plan(string from, string to) =>
        Guarded(
            to,
            (path, target) =>
            {
                if (FilesInUse.Contains(target))
                {
                    // The same file, by another path.
                    return true;
                }

                if (StateRehearsal.IsInUse(path))
                {
                    throw StateExamination.Unusable(path, "it is in use by another process");
                }

                PrivateFile.MakeFolder(Path.GetDirectoryName(target)!);
                string source = Path.GetFullPath(from);
                string half = $"{NoteOf(target)}.new";
                using (FileStream file = PrivateFile.Open(half, FileMode.Create))
                {
                    file.Write(Encoding.UTF8.GetBytes($"{source}\n{IdentityOf(source)}\n"));
                    file.Flush(flushToDisk: true);
                }

                File.Move(half, NoteOf(target), overwrite: true);
                StateFiles.SyncFolder(target);
                return true;
            }
        );

    /// <summary>The file that is in use stays in use.</summary>
    public static void Cancel(string to)
    {
        try
        {
            File.Delete(NoteOf(StateFiles.TargetOf(Path.GetFullPath(to))));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A later start with that file continues from this one.
        }
    }

    /// <summary>Copies what was stored, where that is noted. A file that is at the path is renamed.</summary>
    /// <param name="to">The file that is about to be opened.</param>
    /// <param name="time">The clock.</param>
    /// <returns>What was done, in one line; null where nothing was to be done.</returns>
    /// <exception cref="StateStoreException">It cannot be done now, and nothing is lost.</exception>
    public static string? Carry(string to, TimeProvider time) =>
        Guarded(
            to,
            (path, target) =>
            {
                if (!File.Exists(NoteOf(target)) || StateRehearsal.IsInUse(path))
                {
                    return null;
                }

                string[] note = Encoding
                    .UTF8.GetString(RegularFile.Read(NoteOf(target), LongestNote).Bytes)
                    .Split('\n');
                string source = note[0];
                string done;
                if (File.Exists(source))
                {
                    string? aside = Copy(source, target, time);
                    done =
                        $"state file {path}: continues from {source}"
                        + (aside is null ? "" : $"; the file that was there is renamed to {Path.GetFileName(aside)}");
                }
                else
                {
                    // Whoever has moved the file by hand has done what is to be done.
                    done = $"state file {path}: it was to continue from {source}, which is gone";
                    if (note.Length < 2 || note[1].Length == 0 || note[1] != IdentityOf(target))
                    {
                        new LostState(target).Write(done);
                    }
                }

                File.Delete(NoteOf(target));
                StateFiles.SyncFolder(target);
                return done;
            }
        );

    private static string? Copy(string source, string target, TimeProvider time)
    {
        string half = $"{target}.new";
        StateFile opener = new(source, SqliteSchema.Current, time);
        OpenState open = opener.Open(out StoredState state);
        try
        {
            open.Rows.MarkClosed();
            open.File.Checkpoint();
            PrivateFile.Open(half, FileMode.Create).Dispose();
            open.File.CopyTo(half);
        }
        finally
        {
            open.Dispose();
            opener.Release();
        }

        using (FileStream copy = PrivateFile.Open(half, FileMode.OpenOrCreate))
        {
            copy.Flush(flushToDisk: true);
        }

        if (state.Loss is { } loss)
        {
            new LostState(target).Write(loss);
        }

        string aside = StateFiles.NameAside(target, "found", time.GetUtcNow());
        bool hasFound = StateFiles.TryMove(target, aside);
        File.Move(half, target, overwrite: false);
        StateFiles.SyncFolder(target);
        return hasFound ? aside : null;
    }

    private static string NoteOf(string target) => $"{target}.from";

    private static string IdentityOf(string file) => FileNode.OfTarget(file)?.DeviceAndInode ?? "";

    private static T Guarded<T>(string file, Func<string, string, T> action)
    {
        string path = Path.GetFullPath(file);
        try
        {
            return action(path, StateFiles.TargetOf(path));
        }
        catch (Exception fault)
            when (fault is SqliteFault or StateCommitUnknown or IOException or UnauthorizedAccessException)
        {
            throw StateExamination.Unusable(path, $"it cannot continue from the previous file: {fault.Message}", fault);
        }
    }
}
