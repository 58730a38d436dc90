using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>Shows that a row is what was stored: SQLite sees a bent page, and not a flipped bit inside a value, nor an edit by
/// hand.</summary>
/// <remarks>The first half of SHA-256. It is against accidents, not against people.</remarks>
internal sealed class RowChecksum
{
    private readonly ArrayBufferWriter<byte> row = new(1024);

    /// <summary>Of a row that is to be stored.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="columns">All columns but the checksum, in the order of the table.</param>
    public UInt128 Of(string table, params ReadOnlySpan<string?> columns)
    {
        Begin(table);
        foreach (string? column in columns)
        {
            Append(column);
        }

        return End();
    }

    /// <summary>Of the row that a statement is at.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="columns">How many of its columns count, from the first on.</param>
    public UInt128 Of(string table, SqliteStatement statement, int columns)
    {
        Begin(table);
        for (int i = 0; i < columns; i++)
        {
            AppendLength(statement.IsNull(i) ? -1 : statement.Bytes(i).Length);
            row.Write(statement.Bytes(i));
        }

        return End();
    }

    public static string Text(UInt128 checksum) => checksum.ToString("x32", CultureInfo.InvariantCulture);

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
        Span<byte> hash = stackalloc byte[Sha256.HashSizeInBytes];
        Sha256.HashData(row.WrittenSpan, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
