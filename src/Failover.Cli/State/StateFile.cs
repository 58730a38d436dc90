using System.Collections.Concurrent;

namespace Failover;

/// <summary>Opens state files, and puts damaged ones aside.</summary>
internal sealed class StateFile
{
    // Looking at a file ends with closing it, and that with the locks that this process has on it (fcntl(2)).
    private static readonly ConcurrentDictionary<string, string> InUse = new(StringComparer.Ordinal);

    private readonly string path;
    private readonly StateExamination examination;
    private readonly LostState lost;

    private StateFile(string path, SqliteSchema schema, TimeProvider time)
    {
        this.path = path;
        examination = new(path, schema);
        lost = new(path, time);
    }

    /// <summary>Opens it, makes it where there is none, and puts it aside where it is damaged.</summary>
    /// <exception cref="StateStoreException">It is not ours to use, and untouched.</exception>
    public static OpenState Open(string path, SqliteSchema schema, TimeProvider time)
    {
        StateFile state = new(path, schema, time);
        if (!InUse.TryAdd(path, path))
        {
            throw state.examination.Unusable("it is in use by this process");
        }

        bool isOpen = false;
        try
        {
            OpenState open = state.OpenOrPutAside();
            isOpen = true;
            return open;
        }
        catch (StateDamage damage)
        {
            throw state.examination.Unusable($"it was made just now, and {damage.Message}", damage);
        }
        catch (Exception fault) when (fault is SqliteFault or IOException or UnauthorizedAccessException)
        {
            throw state.examination.Unusable(fault.Message, fault);
        }
        finally
        {
            if (!isOpen)
            {
                Release(path);
            }
        }
    }

    /// <summary>The file is closed.</summary>
    public static void Release(string path) => InUse.TryRemove(path, out _);

    private OpenState OpenOrPutAside()
    {
        MakeFolder();
        try
        {
            return Open();
        }
        catch (StateDamage)
        {
            // SQLite takes a page that the disk does not give for a damaged one. Whoever reads all of it is told so.
            ReadAll(path);
            ReadAll($"{path}-wal");
        }

        try
        {
            // It may have been a passing fault.
            return Open();
        }
        catch (StateDamage damage)
        {
            lost.PutAside(damage.Message);
            return Open();
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

    private OpenState Open()
    {
        string? loss = lost.Read();
        SqliteHeader header = examination.LookBeforeOpening();
        MakeFile();
        SqliteFile file = SqliteFile.Open(path);
        try
        {
            StateRows rows = examination.Read(file, header);
            file.MayCheckpoint(atClose: true);
            return new(file, rows, rows.State with { Loss = loss }, lost, path);
        }
        catch (SqliteFault fault) when (fault.IsDamage)
        {
            Leave(file);
            throw new StateDamage(fault.Message, fault);
        }
        catch
        {
            Leave(file);
            throw;
        }
    }

    /// <summary>Closes the file as it was found. An empty log is none that was found.</summary>
    private void Leave(SqliteFile file)
    {
        if (StateExamination.LengthOf($"{path}-wal") == 0)
        {
            file.MayCheckpoint(atClose: true);
        }

        file.Dispose();
    }

    private void MakeFolder()
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            PrivateFile.MakeFolder(folder);
        }
    }

    /// <summary>SQLite would make it for everybody to read. An empty file is none to it, and what it makes beside a file
    /// has the rights of that file (findCreateFileMode in os_unix.c).</summary>
    private void MakeFile()
    {
        if (File.Exists(path))
        {
            return;
        }

        try
        {
            PrivateFile.Open(path, FileMode.OpenOrCreate).Dispose();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The path stands in the message already.
            throw examination.Unusable($"it cannot be made: {fault.Message.Split(" : ")[0]}", fault);
        }
    }
}
