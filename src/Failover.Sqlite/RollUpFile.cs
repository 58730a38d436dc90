namespace Failover;

/// <summary>Opens the file of the roll-ups, makes it where there is none, and puts a damaged one aside.</summary>
/// <param name="path">Where it is; null: in memory.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Takes lines for the log.</param>
internal sealed class RollUpFile(string? path, TimeProvider time, Action<string> warn)
{
    private const string InMemory = ":memory:";

    private SqliteFile? file;
    private string target = "";

    /// <summary>What messages call it.</summary>
    public string Name => path is null ? "history in memory" : $"history file {path}";

    /// <summary>The tables of the open file; null where none is open.</summary>
    public RollUpTables? Tables { get; private set; }

    /// <summary>Whether the file that is open is the one at its path.</summary>
    public bool IsInPlace => path is null || file?.HasMoved == false;

    /// <summary>Whether another process has a file open at the moment.</summary>
    public static bool IsInUse(string path)
    {
        string found = StateFiles.TargetOf(Path.GetFullPath(path));
        return FileNode.OfTarget(found) is { IsRegularFile: true }
            && !FilesInUse.Contains(found)
            && StateRehearsal.IsLocked(found);
    }

    /// <summary>Opens it, unless it is open.</summary>
    /// <exception cref="SqliteFault">It cannot be opened.</exception>
    /// <exception cref="StateStoreException">It is not ours to use, and untouched.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public void Open()
    {
        if (Tables is not null)
        {
            return;
        }

        try
        {
            OpenOnce();
        }
        catch (SqliteFault fault) when (fault.IsDamage && path is not null)
        {
            PutAside(fault.Message);
            OpenOnce();
        }
    }

    /// <summary>Renames a damaged file; the next one begins empty.</summary>
    public void PutAside(string why)
    {
        Close();
        if (path is null)
        {
            return;
        }

        string aside = StateFiles.NameAside(target, "corrupt", time.GetUtcNow());
        if (StateFiles.TryMove(target, aside))
        {
            warn(
                $"{Name} is damaged ({why}): it is renamed to {Path.GetFileName(aside)}, and a new one begins; nothing but the latencies and times in it is lost"
            );
        }
    }

    /// <summary>Moves what was stored into the file, for other processes to read.</summary>
    public void Checkpoint()
    {
        if (path is not null)
        {
            file!.Checkpoint(keepsLog: true);
        }
    }

    /// <summary>Closes it.</summary>
    public void Close()
    {
        // What is beside the path belongs to another file by now.
        if (!IsInPlace)
        {
            file?.MayCheckpoint(atClose: false);
        }

        Tables?.Dispose();
        Tables = null;
        file?.Dispose();
        file = null;
        FilesInUse.Remove(this);
    }

    private void OpenOnce()
    {
        SqliteFile opened = path is null ? SqliteFile.Open(InMemory) : OpenAt(path);
        try
        {
            // The first thing that is read takes the lock.
            long application = opened.Number("PRAGMA application_id");
            long version = opened.Number("PRAGMA user_version");
            bool isNew = application == 0 && opened.Number("SELECT count(*) FROM sqlite_schema") == 0;
            if (!isNew && application != RollUpSchema.ApplicationId)
            {
                throw Unusable("it is a file of another program");
            }

            if (!isNew && version > RollUpSchema.Version)
            {
                throw Unusable($"it is of the newer version {version}");
            }

            if (opened.IsReadOnly)
            {
                throw Unusable("it is read-only");
            }

            // A loss of power may take what was stored since the newest checkpoint, and damages nothing.
            _ = opened.Text("PRAGMA journal_mode = WAL");
            opened.Run("PRAGMA synchronous = NORMAL");
            if (isNew)
            {
                RollUpSchema.Make(opened);
            }

            Tables = new(opened);
            opened.MayCheckpoint(atClose: true);
            file = opened;
        }
        catch
        {
            opened.Dispose();
            FilesInUse.Remove(this);
            throw;
        }
    }

    private SqliteFile OpenAt(string path)
    {
        target = StateFiles.TargetOf(path);
        PrivateFile.MakeFolder(Path.GetDirectoryName(target)!);
        // Opening a FIFO waits for its other end, and a device does what it likes.
        if (
            StateFiles
                .All(target)
                .FirstOrDefault(one => Directory.Exists(one) || FileNode.OfTarget(one) is { IsRegularFile: false }) is
            { } odd
        )
        {
            throw Unusable(
                $"{Path.GetFileName(odd)} is a FIFO, a socket, a device or a folder; accepted: a regular file"
            );
        }

        if (!FilesInUse.TryAdd(this, target))
        {
            throw Unusable("it is in use by this process");
        }

        try
        {
            if (!File.Exists(target))
            {
                PrivateFile.Open(target, FileMode.OpenOrCreate).Dispose();
            }

            SqliteFile opened = SqliteFile.Open(target);
            FilesInUse.Update(this, target);
            return opened;
        }
        catch
        {
            FilesInUse.Remove(this);
            throw;
        }
    }

    private StateStoreException Unusable(string why) => new($"{Name} cannot be used: {why}");
}
