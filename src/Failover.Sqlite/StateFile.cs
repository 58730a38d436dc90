namespace Failover;

/// <summary>Opens the state file at a path, puts a damaged one aside, and makes a new one where it was lost.</summary>
/// <param name="path">Its path.</param>
/// <param name="schema">What its tables are to be.</param>
/// <param name="time">The clock.</param>
internal sealed class StateFile(string path, SqliteSchema schema, TimeProvider time)
{
    // By an attempt to open it that has failed since.
    private FileNode? made;

    public string Path => path;

    /// <summary>Opens it, makes it where there is none, and puts it aside where it is damaged.</summary>
    /// <param name="state">What was stored.</param>
    /// <exception cref="StateStoreException">It is not ours to use, and untouched.</exception>
    public OpenState Open(out StoredState state)
    {
        string target = Guarded(() =>
        {
            string found = StateFiles.TargetOf(path);
            MakeFolder(found);
            return found;
        });
        if (!FilesInUse.TryAdd(this, target))
        {
            throw InUseHere();
        }

        bool isOpen = false;
        try
        {
            (OpenState open, state) = Guarded(OpenOrPutAside);
            isOpen = true;
            return open;
        }
        finally
        {
            if (!isOpen)
            {
                Release();
            }
        }
    }

    /// <summary>The file is closed.</summary>
    public void Release() => FilesInUse.Remove(this);

    /// <summary>Makes a new file in place of one that was lost. What is at its path is put aside.</summary>
    /// <param name="before">The one that was lost; it is closed when there is a new one.</param>
    /// <param name="why">Why it was lost, in one line.</param>
    /// <param name="aside">The name of what was put aside; null where there was nothing.</param>
    /// <exception cref="StateStoreException">There is no new one.</exception>
    public OpenState OpenNew(OpenState before, string why, out string? aside)
    {
        string? moved = null;
        try
        {
            return Guarded(() =>
            {
                string target = StateFiles.TargetOf(path);
                MakeFolder(target);
                if (FilesInUse.Contains(target, except: this))
                {
                    // A link leads there by now.
                    throw InUseHere();
                }

                new LostState(target).Write(why);
                moved = PutAside(before, target);
                (OpenState state, _) = Open();
                state.Rows.ContinueAfter(before.Rows.Revision);
                before.File.MayCheckpoint(atClose: false);
                before.Dispose();
                return state;
            });
        }
        finally
        {
            aside = moved;
        }
    }

    private StateStoreException InUseHere() => StateExamination.Unusable(path, "it is in use by this process");

    private T Guarded<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (StateDamage damage)
        {
            throw StateExamination.Unusable(path, $"it was made just now, and {damage.Message}", damage);
        }
        catch (Exception fault) when (fault is SqliteFault or IOException or UnauthorizedAccessException)
        {
            throw StateExamination.Unusable(path, fault.Message, fault);
        }
    }

    private (OpenState Open, StoredState State) OpenOrPutAside()
    {
        string target = StateFiles.TargetOf(path);
        try
        {
            return Open();
        }
        catch (StateDamage)
        {
            // SQLite takes a page that the disk does not give for a damaged one. A read of the whole file shows the fault.
            ReadAll(target);
            ReadAll($"{target}-wal");
        }

        try
        {
            // It may have been a passing fault.
            return Open();
        }
        catch (StateDamage damage)
        {
            string aside = StateFiles.NameAside(target, "corrupt", time.GetUtcNow());
            new LostState(target).Write(
                $"state file {path} was damaged ({damage.Message}) and is put aside as {System.IO.Path.GetFileName(aside)}"
            );
            _ = StateFiles.TryMove(target, aside);
            return Open();
        }
    }

    private string? PutAside(OpenState before, string target)
    {
        FileNode? there = FileNode.OfTarget(target);
        if (!StateFiles.All(target).Any(StateFiles.Exists) || (there is not null && there == made))
        {
            return null;
        }

        if (there is not null && !before.IsAtPath)
        {
            MustNotBeInUse(target);
        }

        string aside = StateFiles.NameAside(target, "found", time.GetUtcNow());
        return StateFiles.TryMove(target, aside) ? System.IO.Path.GetFileName(aside) : null;
    }

    private void MustNotBeInUse(string target)
    {
        StateExamination examination = new(path, target, schema);
        try
        {
            _ = examination.CheckBeforeOpening();
            bool hadLog = File.Exists($"{target}-wal");
            using SqliteFile found = SqliteFile.Open(target);
            _ = found.Number("PRAGMA application_id");
            RemoveNewEmptyLog(found, target, hadLog);
        }
        catch (SqliteFault fault) when (fault.IsInUse)
        {
            throw;
        }
        catch (Exception other) when (other is SqliteFault or StateDamage or StateStoreException)
        {
            // Whatever it is, it is put aside.
        }
    }

    private static void ReadAll(string file)
    {
        if (File.Exists(file))
        {
            using FileStream all = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            all.CopyTo(Stream.Null);
        }
    }

    private (OpenState Open, StoredState State) Open()
    {
        string target = StateFiles.TargetOf(path);
        StateExamination examination = new(path, target, schema);
        SqliteHeader header = examination.CheckBeforeOpening();
        LostState lost = new(target);
        string? loss = lost.Read();
        bool hadLog = File.Exists($"{target}-wal");
        MakeFile(target);
        SqliteFile file = SqliteFile.Open(target);
        StateRows? rows = null;
        try
        {
            rows = examination.Read(file, header, hadLog);
            OpenState open = new(path, target, file, rows, lost);
            if (file.HasMoved || open.Displacement is not null)
            {
                throw StateExamination.Unusable(path, "it was replaced while it was opened");
            }

            file.MayCheckpoint(atClose: true);
            made = null;
            FilesInUse.Update(this, target);
            return (open, rows.State with { Loss = loss });
        }
        catch (Exception fault)
        {
            rows?.Dispose();
            RemoveNewEmptyLog(file, target, hadLog);
            file.Dispose();
            if (fault is SqliteFault { IsDamage: true })
            {
                throw new StateDamage(fault.Message, fault);
            }

            throw;
        }
    }

    // Closing takes an empty log away that was not there before.
    private static void RemoveNewEmptyLog(SqliteFile file, string target, bool hadLog)
    {
        if (!hadLog && StateFiles.LengthOf($"{target}-wal") == 0 && !file.HasMoved)
        {
            file.MayCheckpoint(atClose: true);
        }
    }

    private static void MakeFolder(string target)
    {
        if (System.IO.Path.GetDirectoryName(target) is { Length: > 0 } folder)
        {
            PrivateFile.MakeFolder(folder);
        }
    }

    /// <summary>SQLite would make it for everybody to read. An empty file is none to it, and what it makes beside a file
    /// has the rights of that file (findCreateFileMode in os_unix.c).</summary>
    private void MakeFile(string target)
    {
        if (File.Exists(target))
        {
            return;
        }

        try
        {
            PrivateFile.Open(target, FileMode.OpenOrCreate).Dispose();
            made = FileNode.OfTarget(target);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StateExamination.CannotBeMade(path, fault.Message, fault);
        }
    }
}
