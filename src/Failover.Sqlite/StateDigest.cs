using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>Shows that rows are what was stored: SQLite sees a bent page, and not a flipped bit inside a value.</summary>
/// <remarks>The digest of a file is the sum of the digests of its rows, whatever their order, so that a row is exchanged without
/// the others being read. It is against accidents, not against people.</remarks>
internal sealed class StateDigest
{
    private const string Schema = "sqlite_schema";

    private readonly ArrayBufferWriter<byte> row = new(1024);

    /// <summary>Of one row.</summary>
    /// <param name="table">Where it stands.</param>
    /// <param name="columns">All of them, in the order of the table.</param>
    public UInt128 OfRow(string table, params ReadOnlySpan<string?> columns)
    {
        Begin(table);
        foreach (string? column in columns)
        {
            Append(column);
        }

        return End();
    }

    /// <summary>Of the row that a statement stands at.</summary>
    public UInt128 OfRow(string table, SqliteStatement statement)
    {
        Begin(table);
        for (int i = 0; i < statement.ColumnCount; i++)
        {
            AppendLength(statement.IsNull(i) ? -1 : statement.Bytes(i).Length);
            row.Write(statement.Bytes(i));
        }

        return End();
    }

    /// <summary>Of the tables as they are declared, which is a part of the digest of a file.</summary>
    public static UInt128 OfSchema(SqliteFile file) =>
        OfRows(
            file,
            Schema,
            $"SELECT type, name, tbl_name, sql FROM {Schema} WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        );

    /// <summary>Of all that is covered: all but the history.</summary>
    /// <param name="file">The file.</param>
    /// <param name="version">The version of its schema.</param>
    public static UInt128 OfFile(SqliteFile file, long version) =>
        version == 1
            ? OfSchema(file)
                + OfRows(file, "node", "SELECT * FROM node")
                + OfRows(file, "latch", "SELECT * FROM latch")
                + OfRows(file, "alive_at", "SELECT value FROM meta WHERE key = 'alive_at'")
            : OfSchema(file)
                + OfRows(file, "node", "SELECT * FROM node")
                + OfRows(file, "component", "SELECT * FROM component")
                + OfRows(file, "latch", "SELECT * FROM latch")
                + OfRows(file, "meta", "SELECT * FROM meta WHERE key <> 'digest'");

    /// <summary>The digest that the file says it has; empty where it says none.</summary>
    public static string Read(SqliteFile file) => file.Text("SELECT value FROM meta WHERE key = 'digest'");

    /// <summary>Has the file say what its digest is.</summary>
    public static void Write(SqliteFile file, UInt128 digest)
    {
        using SqliteStatement statement = Writing(file);
        statement.Run(Text(digest));
    }

    /// <summary>The statement that does so, with <see cref="Text"/> for its parameter.</summary>
    public static SqliteStatement Writing(SqliteFile file) =>
        file.Prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('digest', ?)");

    public static string Text(UInt128 digest) => digest.ToString("x32", CultureInfo.InvariantCulture);

    private static UInt128 OfRows(SqliteFile file, string table, string query)
    {
        StateDigest digest = new();
        UInt128 sum = 0;
        using SqliteStatement statement = file.Prepare(query);
        while (statement.Next())
        {
            sum += digest.OfRow(table, statement);
        }

        return sum;
    }

    private void Begin(string table)
    {
        row.ResetWrittenCount();
        Append(table);
    }

    private void Append(string? text)
    {
        AppendLength(text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, row);
    }

    // Before each value, so that "ab", "c" is not "a", "bc".
    private void AppendLength(int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(row.GetSpan(sizeof(int)), length);
        row.Advance(sizeof(int));
    }

    private UInt128 End()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(row.WrittenSpan, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
