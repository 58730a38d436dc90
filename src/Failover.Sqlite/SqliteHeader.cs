using System.Buffers.Binary;

namespace Failover;

/// <summary>The first bytes of an SQLite file, read without SQLite: https://sqlite.org/fileformat2.html#the_database_header.</summary>
/// <param name="Length">Of the whole file; 0 where there is none.</param>
/// <param name="IsSqlite">Whether it begins as such a file does.</param>
/// <param name="PageSize">In bytes.</param>
/// <param name="IsLogged">Whether it is read and written with a write-ahead log.</param>
/// <param name="ApplicationId">Whose it is. The log may know better.</param>
/// <param name="Version">Of its tables (<c>user_version</c>). The log may know better.</param>
internal readonly record struct SqliteHeader(
    long Length,
    bool IsSqlite,
    int PageSize,
    bool IsLogged,
    int ApplicationId,
    int Version
)
{
    private const int Size = 100;

    /// <summary>Reads it. Not while this process has the file open: closing any descriptor of a file ends all locks that the
    /// process has on it (fcntl(2)), and so SQLite's.</summary>
    public static SqliteHeader Read(string path)
    {
        if (!File.Exists(path))
        {
            return default;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[Size];
        _ = file.ReadAtLeast(bytes, Size, throwOnEndOfStream: false);
        return new(
            file.Length,
            bytes.AsSpan().StartsWith("SQLite format 3\0"u8),
            BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(16)),
            bytes[18] == 2 && bytes[19] == 2,
            BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(68)),
            BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(60))
        );
    }
}
