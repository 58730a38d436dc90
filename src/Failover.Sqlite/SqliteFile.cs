using System.Runtime.InteropServices;
using SQLitePCL;

namespace Failover;

/// <summary>One SQLite file, open for one process alone.</summary>
/// <remarks>ADO.NET has no say in what a checkpoint at closing does, and waits on a locked file by itself: hence the native
/// calls, all of them here and in <see cref="SqliteStatement"/>.</remarks>
internal sealed partial class SqliteFile : IDisposable
{
    // SQLITE_FCNTL_HAS_MOVED, https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html
    private const int FileControlHasMoved = 20;

    private readonly sqlite3 handle;

    static SqliteFile() => SqliteLibrary.Use();

    private SqliteFile(sqlite3 handle) => this.handle = handle;

    /// <summary>Whether SQLite could open it for reading only.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(handle, "main") == 1;

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    /// <summary>How many rows the newest statement has changed.</summary>
    public int Changes => raw.sqlite3_changes(handle);

    /// <summary>Whether another file, or none, is at the path where it was opened. Numbers of devices are not compared.</summary>
    public bool HasMoved
    {
        get
        {
            Check(FileControl(handle.DangerousGetHandle(), "main", FileControlHasMoved, out int hasMoved));
            return hasMoved != 0;
        }
    }

    /// <summary>Opens or makes it. Nothing in the file, and nothing beside it, is changed by that or by closing it, until
    /// <see cref="MayCheckpoint"/>.</summary>
    /// <exception cref="SqliteFault">It cannot be opened. That it is locked or damaged shows when it is read.</exception>
    public static SqliteFile Open(string path)
    {
        // One thread at a time uses it, which is for the caller to see to.
        const int Flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        int code = raw.sqlite3_open_v2(path, out sqlite3 handle, Flags, null);
        SqliteFile file = new(handle);
        try
        {
            file.Check(code);
            raw.sqlite3_extended_result_codes(handle, 1);
            file.MayCheckpoint(atClose: false);

            // The lock is the kernel's, on the file: it ends with the process, however that ends. And what else would stand
            // in shared memory (a mapped file, where a failing disk is a SIGBUS) is in the heap.
            file.Run("PRAGMA locking_mode = EXCLUSIVE");
            file.Run("PRAGMA trusted_schema = OFF");
            file.Run("PRAGMA cell_size_check = ON");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether closing moves the log into the file and takes the log away.</summary>
    public void MayCheckpoint(bool atClose) =>
        Check(raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, atClose ? 0 : 1, out _));

    /// <summary>Moves the log into the file.</summary>
    /// <param name="keepsLog">Whether the log keeps its length, so that the next commits overwrite it: they are faster than those that
    /// extend a file.</param>
    public void Checkpoint(bool keepsLog = false) =>
        Check(
            raw.sqlite3_wal_checkpoint_v2(
                handle,
                "main",
                keepsLog ? raw.SQLITE_CHECKPOINT_PASSIVE : raw.SQLITE_CHECKPOINT_TRUNCATE,
                out _,
                out _
            )
        );

    /// <summary>Copies it, with what is in its log, into an empty file that no other process uses, and syncs that.</summary>
    public void CopyTo(string path)
    {
        using SqliteFile copy = Open(path);
        copy.Run("PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL");
        using sqlite3_backup backup = raw.sqlite3_backup_init(copy.handle, "main", handle, "main");
        int code = backup.IsInvalid ? raw.sqlite3_errcode(copy.handle) : raw.sqlite3_backup_step(backup, -1);
        if (code != raw.SQLITE_DONE)
        {
            throw new SqliteFault(code, copy.handle);
        }
    }

    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(handle, sql, out sqlite3_stmt statement));
        return new(handle, statement);
    }

    /// <summary>Runs statements, as a script.</summary>
    public void Run(string sql) => Check(raw.sqlite3_exec(handle, sql));

    /// <summary>The first column of the first row.</summary>
    public string Text(string query)
    {
        using SqliteStatement statement = Prepare(query);
        return statement.Next() ? statement.Text(0) : "";
    }

    /// <inheritdoc cref="Text"/>
    public long Number(string query)
    {
        using SqliteStatement statement = Prepare(query);
        return statement.Next() ? statement.Number(0) : 0;
    }

    /// <summary>Does something as a whole or not at all.</summary>
    public void InTransaction(Action action)
    {
        Run("BEGIN IMMEDIATE");
        try
        {
            action();
            Run("COMMIT");
        }
        catch
        {
            Rollback();
            throw;
        }
    }

    /// <summary>Takes back what is not committed. Some faults have SQLite do so by itself.</summary>
    public void Rollback()
    {
        if (IsInTransaction)
        {
            raw.sqlite3_exec(handle, "ROLLBACK");
        }
    }

    public void Dispose() => raw.sqlite3_close_v2(handle);

    // SQLitePCLRaw does not have it.
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int FileControl(nint file, string database, int operation, out int answer);

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new SqliteFault(code, handle);
        }
    }
}
