namespace Failover;

/// <summary>Finds out whether a file is ours, of a version that is known, and sound.</summary>
/// <param name="path">The path by which it is known.</param>
/// <param name="target">Where that leads to.</param>
/// <param name="schema">What its tables are to be.</param>
internal sealed class StateExamination(string path, string target, SqliteSchema schema)
{
    /// <summary>Between the name of a file and why it is not used.</summary>
    public const string IsUnusable = " cannot be used: ";

    /// <summary>The size of a page, which is the size of a file that was just begun.</summary>
    private const int PageSize = 4096;

    private const string HeaderDamage = "its header is damaged";

    private static readonly string[] OurTables =
    [
        "latch,meta,node,post,transition",
        "component,latch,meta,node,override,post,transition",
        "alarm,component,delivery,latch,meta,node,override,post,transition",
    ];

    /// <summary>What SQLite would change by opening: it takes a log without a file away, and rolls a half-done
    /// transaction of another program back.</summary>
    public SqliteHeader CheckBeforeOpening()
    {
        if (Directory.Exists(target))
        {
            throw Unusable("it is a folder");
        }

        // Opening a FIFO waits for its other end, and a device does what it likes.
        foreach (string file in (string[])[.. StateFiles.All(target), $"{target}.lost"])
        {
            if (FileNode.OfTarget(file) is { IsRegularFile: false })
            {
                string what = file == target ? "it" : Path.GetFileName(file);
                throw Unusable($"{what} is a FIFO, a socket, a device or a folder; accepted: a regular file");
            }
        }

        SqliteHeader header = SqliteHeader.Read(target);
        if (header.Length == 0 && StateFiles.LengthOf($"{target}-wal") > 0)
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
            && StateFiles.LengthOf($"{target}-journal") > 0
        )
        {
            throw NotOurs();
        }

        return header;
    }

    /// <summary>Reads an open file, and makes a new or older one what it has to be.</summary>
    /// <exception cref="StateDamage">It is not what was stored.</exception>
    /// <exception cref="StateStoreException">It is not ours to use.</exception>
    /// <param name="file">The file.</param>
    /// <param name="header">What it was before it was opened.</param>
    /// <param name="hadLog">Whether a log was beside it before that.</param>
    public StateRows Read(SqliteFile file, SqliteHeader header, bool hadLog)
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

        RequireFullSync(file);
        if (isNew || version < schema.Version)
        {
            Migrate(file, (int)version);
        }

        StateRows rows = new(file);
        if (rows.IsMarkedOpen && !hadLog)
        {
            rows.Dispose();
            throw new StateDamage("it was in use, and its log is missing");
        }

        return rows;
    }

    private void Migrate(SqliteFile file, int from)
    {
        try
        {
            if (from > 0)
            {
                MigrationCopy.Make(file, target, from);
            }

            schema.Migrate(file, from);
        }
        catch (Exception fault) when (fault is SqliteFault or IOException or UnauthorizedAccessException)
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

        RequireKnown(version);
        if (version < 1 || header is not { PageSize: PageSize, IsLogged: true })
        {
            throw new StateDamage(HeaderDamage);
        }

        WriteAheadLog.Check($"{target}-wal");
        string check = file.Text("PRAGMA quick_check(1)").ReplaceLineEndings(" ");
        if (check != "ok")
        {
            throw new StateDamage(check);
        }

        if (version < schema.Version)
        {
            CheckRows(file, version);
        }
    }

    /// <summary>A migration reads the rows: it must not take a damaged one over.</summary>
    private static void CheckRows(SqliteFile file, long version)
    {
        if (version != OldDigest.Version)
        {
            new StateRows(file).Dispose();
        }
        else if (OldDigest.Read(file) != RowChecksum.Text(OldDigest.OfFile(file)))
        {
            throw new StateDamage("its content differs from what was stored");
        }
    }

    private static bool HasOurTables(SqliteFile file) =>
        OurTables.Contains(
            file.Text(
                "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name)"
            )
        );

    /// <summary>A commit survives a loss of power when it has returned: asked for, and asked back.</summary>
    private void RequireFullSync(SqliteFile file)
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

    /// <summary>What opening would find out of a file that no process has open, as far as its first bytes tell.</summary>
    /// <exception cref="StateStoreException">It is not ours to use.</exception>
    public void CheckWithoutOpening()
    {
        SqliteHeader header = CheckBeforeOpening();
        // A log may know better than the file.
        if (!header.IsSqlite || StateFiles.LengthOf($"{target}-wal") > 0)
        {
            return;
        }

        bool isNew = header is { ApplicationId: 0, Version: 0, Length: <= PageSize };
        if (header.ApplicationId != SqliteSchema.ApplicationId && !isNew)
        {
            throw NotOurs();
        }

        RequireKnown(header.Version);
    }

    private void RequireKnown(long version)
    {
        if (version > schema.Version)
        {
            throw Unusable(
                $"it is of version {version}, and this program knows versions up to {schema.Version}: use a newer program"
            );
        }

        if (version > 0 && !schema.Knows(version))
        {
            string known = string.Join(", ", schema.Migrations.Select(migration => migration.Version));
            throw Unusable($"it is of version {version}, which was never released; accepted: {known}");
        }
    }

    private StateStoreException NotOurs() =>
        Unusable("it is an SQLite database of another program, or of a person: it is left as it is");

    private StateStoreException Unusable(string why, Exception? cause = null) => Unusable(path, why, cause);

    /// <summary>The message for a file that is not there and cannot be made.</summary>
    // The path is in the message already.
    public static StateStoreException CannotBeMade(string path, string why, Exception cause) =>
        Unusable(path, $"it cannot be made: {why.Split(" : ")[0]}", cause);

    /// <summary>The message for a file that is not used.</summary>
    public static StateStoreException Unusable(string path, string why, Exception? cause = null) =>
        new($"state file {path}{IsUnusable}{why}", cause);
}
