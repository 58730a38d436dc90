using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Failover;

/// <summary>A statement that is prepared once and run many times.</summary>
internal sealed class SqliteStatement(sqlite3 file, sqlite3_stmt handle) : IDisposable
{
    /// <summary>How many columns a row has.</summary>
    public int ColumnCount => raw.sqlite3_column_count(handle);

    /// <summary>Runs it to its end with these values.</summary>
    public void Run(params ReadOnlySpan<string?> values)
    {
        Bind(values);
        RunBound();
    }

    /// <summary>Runs it to its end with what is bound.</summary>
    public void RunBound()
    {
        try
        {
            while (Next()) { }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Gives values to the first parameters, in their order.</summary>
    public void Bind(params ReadOnlySpan<string?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            Bind(i + 1, values[i]);
        }
    }

    /// <summary>Gives a number to a parameter; the first is 1.</summary>
    public void Bind(int parameter, long value) => Check(raw.sqlite3_bind_int64(handle, parameter, value));

    /// <summary>Gives bytes to a parameter; the first is 1. None of them are no bytes, and not NULL.</summary>
    public void Bind(int parameter, ReadOnlySpan<byte> value) =>
        Check(
            value.IsEmpty
                ? raw.sqlite3_bind_zeroblob(handle, parameter, 0)
                : raw.sqlite3_bind_blob(handle, parameter, value)
        );

    /// <summary>Goes to the first row, or the next one.</summary>
    /// <returns>False after the last.</returns>
    /// <exception cref="SqliteFault">The run has ended: the statement can be run again.</exception>
    public bool Next() =>
        raw.sqlite3_step(handle) switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            int code => throw Ended(new SqliteFault(code, file)),
        };

    // Until it is reset, each value that is given to it would be refused.
    private SqliteFault Ended(SqliteFault fault)
    {
        Reset();
        return fault;
    }

    /// <summary>Ends a run, so that the statement holds no lock and can be run again.</summary>
    public void Reset() => raw.sqlite3_reset(handle);

    /// <summary>The bytes of a column of this row, NULs and all, up to the next call; the first is 0.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public void Dispose() => raw.sqlite3_finalize(handle);

    /// <inheritdoc cref="Bind(int, long)"/>
    public void Bind(int parameter, string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(handle, parameter));
            return;
        }

        if (value.Length == 0)
        {
            // An empty span has no address, and SQLite takes no address for NULL.
            Check(raw.sqlite3_bind_text(handle, parameter, ""));
            return;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        int length = Encoding.UTF8.GetBytes(value, bytes);
        Check(raw.sqlite3_bind_text(handle, parameter, bytes.AsSpan(0, length)));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new SqliteFault(code, file);
        }
    }
}
