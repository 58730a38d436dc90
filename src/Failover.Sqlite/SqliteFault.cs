using System.Runtime.InteropServices;
using SQLitePCL;

namespace Failover;

/// <summary>SQLite has refused something.</summary>
internal sealed partial class SqliteFault : Exception
{
    // ENOENT: what SQLite is left with when it may not make a file either.
    private const int NoSuchFile = 2;

    // EFBIG, EROFS, EDQUOT: the write was refused as a whole, as with ENOSPC, which SQLite has a code of its own for.
    private static readonly int[] Refusals = [27, 30, 122];

    private readonly int code;
    private readonly int errno;

    /// <summary>What a call on a file ended with.</summary>
    /// <param name="code">SQLite's extended result code.</param>
    /// <param name="file">The connection; null where there is none.</param>
    public SqliteFault(int code, sqlite3? file)
        : base(Words(code, file))
    {
        this.code = code;
        errno = ErrnoOf(file);
    }

    /// <summary>Whether the content is at fault, and not what stands between it and us.</summary>
    public bool IsDamage =>
        (code & 0xFF)
            is raw.SQLITE_CORRUPT
                or raw.SQLITE_NOTADB
                or raw.SQLITE_FORMAT
                or raw.SQLITE_MISMATCH
                or raw.SQLITE_TOOBIG
                // What is written here by hand is known to be good SQL: that it is not is the schema's fault.
                or raw.SQLITE_ERROR;

    /// <summary>Whether another process has the file.</summary>
    public bool IsInUse => (code & 0xFF) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>Whether a commit that ended with it may be stored nevertheless. It is not where a write of the log was refused: the
    /// last frame makes a commit, and each has a checksum. What a failed sync has left of it in the system's cache is read again
    /// by the next process.</summary>
    public bool LeavesCommitOpen =>
        (code & 0xFF) is not (raw.SQLITE_FULL or raw.SQLITE_READONLY)
        && !(code == raw.SQLITE_IOERR_WRITE && Refusals.Contains(errno));

    private static string Words(int code, sqlite3? file)
    {
        string what = (code & 0xFF) switch
        {
            raw.SQLITE_FULL => "the disk is full",
            raw.SQLITE_READONLY => "it is read-only",
            raw.SQLITE_IOERR => "the disk reports an I/O error",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "it is in use by another process",
            raw.SQLITE_CORRUPT => "it is damaged",
            raw.SQLITE_NOTADB => "it is not an SQLite database",
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => "it cannot be opened or made",
            raw.SQLITE_NOMEM => "there is no memory left",
            _ => file is null ? raw.sqlite3_errstr(code).utf8_to_string() : raw.sqlite3_errmsg(file).utf8_to_string(),
        };
        int cause = ErrnoOf(file);
        return (code & 0xFF) is raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN && cause is not (0 or NoSuchFile)
            ? $"{what} ({Marshal.GetPInvokeErrorMessage(cause)})"
            : what;
    }

    private static int ErrnoOf(sqlite3? file) => file is null ? 0 : SystemErrno(file.DangerousGetHandle());

    // SQLitePCLRaw does not have it.
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_system_errno")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int SystemErrno(nint file);
}
