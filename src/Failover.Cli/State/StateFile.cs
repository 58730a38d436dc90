using System.Collections.Concurrent;

namespace Failover;

/// <summary>A state file on its way to being open and known to be sound.</summary>
internal sealed class StateFile
{
    /// <summary>The size of a page, which is the size of a file that was just begun.</summary>
    private const int PageSize = 4096;

    private const string HeaderDamage = "its header is damaged";

    private static readonly string[] Tables = ["latch", "meta", "node", "post", "transition"];

    // Looking at a file ends with closing it, and that with the locks that this process has on it (fcntl(2)).
    private static readonly ConcurrentDictionary<string, string> InUse = new(StringComparer.Ordinal);

    private readonly string path;
    private readonly SqliteSchema schema;
    private readonly LostState lost;

    private StateFile(string path, SqliteSchema schema, TimeProvider time)
    {
        this.path = path;
        this.schema = schema;
        lost = new(path, time);
    }

    /// <summary>Opens it, makes it where there is none, and puts it aside where it is damaged.</summary>
    /// <exception cref="StateStoreException">It is not ours to use, and untouched.</exception>
    public static OpenState Open(string path, SqliteSchema schema, TimeProvider time)
    {
        StateFile state = new(path, schema, time);
        if (!InUse.TryAdd(path, path))
        {
            throw state.Unusable("it is in use by this process");
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
            throw state.Unusable($"it was made just now, and {damage.Message}", damage);
        }
        catch (Exception fault) when (fault is SqliteFault or IOException or UnauthorizedAccessException)
        {
            throw state.Unusable(fault.Message, fault);
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
        SqliteHeader header = LookBeforeOpening();
        MakeFile();
        SqliteFile file = SqliteFile.Open(path);
        try
        {
            StateRows rows = Read(file, header);
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
        if (LengthOf($"{path}-wal") == 0)
        {
            file.MayCheckpoint(atClose: true);
        }

        file.Dispose();
    }

    /// <summary>What SQLite would change by opening: it takes a log without a file away, and rolls a half-done
    /// transaction of another program back.</summary>
    private SqliteHeader LookBeforeOpening()
    {
        if (Directory.Exists(path))
        {
            throw Unusable("it is a folder");
        }

        SqliteHeader header = SqliteHeader.Read(path);
        if (header.Length == 0 && LengthOf($"{path}-wal") > 0)
        {
            throw new StateDamage("it is empty, and its log is not");
        }

        if (header.Length == 1)
        {
            // SQLite takes one byte for none (unixFileSize in os_unix.c).
            throw new StateDamage("it is not an SQLite database");
        }

        if (
            header.IsSqlite
            && header.Length > PageSize
            && header.ApplicationId != SqliteSchema.ApplicationId
            && LengthOf($"{path}-journal") > 0
        )
        {
            throw NotOurs();
        }

        return header;
    }

    private StateRows Read(SqliteFile file, SqliteHeader header)
    {
        if (file.IsReadOnly)
        {
            throw Unusable("it is read-only");
        }

        // The first thing that is read takes the lock, and tells SQLite of the format.
        long application = file.Number("PRAGMA application_id");
        if (file.IsReadOnly)
        {
            throw application == SqliteSchema.ApplicationId ? new StateDamage(HeaderDamage) : NotOurs();
        }

        long version = file.Number("PRAGMA user_version");
        bool isNew = IsNew(file, application, version);
        if (!isNew)
        {
            Judge(file, header, application, version);
        }

        BeDurable(file);
        if (isNew || version < schema.Version)
        {
            Migrate(file, (int)version);
        }

        return new(file);
    }

    private void Migrate(SqliteFile file, int from)
    {
        try
        {
            schema.Migrate(file, from);
        }
        catch (SqliteFault fault)
        {
            // The file is as sound as it was.
            throw Unusable($"it cannot be brought to version {schema.Version}: {fault.Message}", fault);
        }
    }

    private static bool IsNew(SqliteFile file, long application, long version) =>
        application == 0
        && version == 0
        && file.Number("PRAGMA page_count") <= 1
        && file.Number("SELECT count(*) FROM sqlite_schema") == 0;

    /// <summary>Whether it is ours, not of a later version, and sound.</summary>
    private void Judge(SqliteFile file, SqliteHeader header, long application, long version)
    {
        if (application != SqliteSchema.ApplicationId)
        {
            throw HasOurTables(file) ? new StateDamage(HeaderDamage) : NotOurs();
        }

        if (version > schema.Version)
        {
            throw Unusable(
                $"it is of version {version}, and this program knows versions up to {schema.Version}: use a newer program"
            );
        }

        if (version < 1 || header is not { PageSize: PageSize, IsLogged: true })
        {
            throw new StateDamage(HeaderDamage);
        }

        WriteAheadLog.Check($"{path}-wal");
        string check = file.Text("PRAGMA quick_check(1)").ReplaceLineEndings(" ");
        if (check != "ok")
        {
            throw new StateDamage(check);
        }

        // A migration reads the rows: it must not take a damaged one over.
        if (version < schema.Version && StateDigest.Read(file) != StateDigest.Text(StateDigest.OfFile(file)))
        {
            throw new StateDamage("its content is not what was stored");
        }
    }

    private static bool HasOurTables(SqliteFile file) =>
        file.Text("SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name)")
        == string.Join(',', Tables);

    /// <summary>A commit survives a loss of power when it has returned: asked for, and asked back.</summary>
    private void BeDurable(SqliteFile file)
    {
        string mode = file.Text("PRAGMA journal_mode = WAL");
        file.Run("PRAGMA synchronous = FULL");
        file.Run("PRAGMA journal_size_limit = 16777216");
        string locking = file.Text("PRAGMA locking_mode");
        long synchronous = file.Number("PRAGMA synchronous");
        if ((mode, locking, synchronous) != ("wal", "exclusive", 2))
        {
            throw Unusable(
                $"SQLite cannot keep it safe there: journal_mode is {mode}, locking_mode is {locking}, synchronous is {synchronous}; "
                    + "accepted: wal, exclusive, 2"
            );
        }
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
        if (!File.Exists(path))
        {
            PrivateFile.Open(path, FileMode.OpenOrCreate).Dispose();
        }
    }

    private static long LengthOf(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    private StateStoreException NotOurs() =>
        Unusable("it is an SQLite database of another program, or of a person: it is left as it is");

    private StateStoreException Unusable(string why, Exception? cause = null) =>
        new($"state file {path} cannot be used: {why}", cause);
}
