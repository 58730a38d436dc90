using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>What a transaction does with a table whatever its rows are.</summary>
internal interface IStateTable : IDisposable
{
    /// <summary>Gives each row its checksum, and the table its digest.</summary>
    void Seal();

    /// <summary>Writes the digest where the open transaction has changed it.</summary>
    void WriteDigest();

    /// <summary>The open transaction is committed.</summary>
    void Commit();

    /// <summary>The open transaction is rolled back.</summary>
    void Rollback();
}

/// <summary>A table whose rows have checksums.</summary>
/// <param name="file">The state file.</param>
/// <param name="name">The name of the table.</param>
/// <param name="columns">All its columns but the checksum, the key first.</param>
/// <param name="valuesOf">The values of a row, in the order of the columns.</param>
/// <param name="rowOf">The row that a statement is at.</param>
/// <param name="where">Which rows there are; empty: all.</param>
internal sealed class StateTable<TRow>(
    SqliteFile file,
    string name,
    string[] columns,
    Func<TRow, string?[]> valuesOf,
    Func<SqliteStatement, TRow> rowOf,
    string where = ""
) : IStateTable
{
    private const int MostNamed = 3;

    private readonly RowChecksum checksums = new();
    private SqliteStatement? set;
    private SqliteStatement? forget;
    private SqliteStatement? find;
    private SqliteStatement? write;
    private StateDigest digest;
    private StateDigest committed;

    private string Columns => string.Join(", ", columns);

    /// <summary>Reads all rows, in the order of their keys. Once, before anything is changed.</summary>
    /// <exception cref="StateDamage">They are not what was stored.</exception>
    public ImmutableArray<TRow> Read()
    {
        ImmutableArray<TRow>.Builder read = ImmutableArray.CreateBuilder<TRow>();
        List<string> damaged = [];
        using SqliteStatement all = file.Prepare(
            $"SELECT {Columns}, checksum FROM {name} {where} ORDER BY {columns[0]}"
        );
        while (all.Next())
        {
            UInt128 checksum = checksums.Of(name, all, columns.Length);
            if (all.Text(columns.Length) != RowChecksum.Text(checksum))
            {
                damaged.Add(Printable.Quoted(all.Text(0)));
                continue;
            }

            read.Add(rowOf(all));
            digest += checksum;
        }

        if (damaged.Count > 0)
        {
            string more = damaged.Count > MostNamed ? $" and {damaged.Count - MostNamed} more" : "";
            throw new StateDamage(
                $"edited by hand or damaged in table {name}: {string.Join(", ", damaged.Take(MostNamed))}{more}"
            );
        }

        Compare(StateDigest.Read(file, name));
        committed = digest;
        return read.DrainToImmutable();
    }

    /// <inheritdoc/>
    public void Seal()
    {
        List<(string Key, UInt128 Checksum)> rows = [];
        using (SqliteStatement all = file.Prepare($"SELECT {Columns} FROM {name} {where}"))
        {
            while (all.Next())
            {
                rows.Add((all.Text(0), checksums.Of(name, all, columns.Length)));
            }
        }

        using SqliteStatement seal = file.Prepare($"UPDATE {name} SET checksum = ? WHERE {columns[0]} = ?");
        digest = default;
        foreach ((string key, UInt128 checksum) in rows)
        {
            seal.Run(RowChecksum.Text(checksum), key);
            digest += checksum;
        }

        Write();
    }

    public void Set(TRow row)
    {
        string?[] values = valuesOf(row);
        string key = values[0] = StateText.OfKey(values[0]!);
        UInt128 checksum = checksums.Of(name, values);
        TakeOut(key);
        set ??= file.Prepare(
            $"INSERT OR REPLACE INTO {name} ({Columns}, checksum) VALUES ({string.Join(", ", columns.Select(_ => "?"))}, ?)"
        );
        set.Run([.. values, RowChecksum.Text(checksum)]);
        digest += checksum;
    }

    public void Forget(string key)
    {
        TakeOut(key);
        forget ??= file.Prepare($"DELETE FROM {name} WHERE {columns[0]} = ?");
        forget.Run(key);
    }

    /// <summary>Deletes all rows.</summary>
    public void Clear()
    {
        file.Run($"DELETE FROM {name}");
        digest = default;
    }

    /// <inheritdoc/>
    public void WriteDigest()
    {
        if (digest != committed)
        {
            Write();
        }
    }

    /// <inheritdoc/>
    public void Commit() => committed = digest;

    /// <inheritdoc/>
    public void Rollback() => digest = committed;

    public void Dispose()
    {
        foreach (SqliteStatement? statement in (SqliteStatement?[])[set, forget, find, write])
        {
            statement?.Dispose();
        }
    }

    private void Compare(StateDigest stored)
    {
        if (stored == digest)
        {
            return;
        }

        long removed = stored.Rows - digest.Rows;
        throw new StateDamage(
            removed switch
            {
                > 0 => $"rows are missing in table {name}: {StateText.Of(removed)} of {StateText.Of(stored.Rows)}",
                < 0 => $"rows were added to table {name}: {StateText.Of(-removed)}",
                0 => $"rows were exchanged in table {name}",
            }
        );
    }

    /// <summary>Takes a row that is to be replaced or deleted out of the digest.</summary>
    private void TakeOut(string key)
    {
        find ??= file.Prepare($"SELECT checksum FROM {name} WHERE {columns[0]} = ?");
        find.Bind(key);
        try
        {
            if (find.Next())
            {
                // What is no number has been damaged since it was read: the digest is wrong from then on, and the next start finds it.
                _ = UInt128.TryParse(
                    find.Text(0),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out UInt128 checksum
                );
                digest -= checksum;
            }
        }
        finally
        {
            find.Reset();
        }
    }

    private void Write()
    {
        write ??= StateDigest.Writing(file);
        write.Run($"{StateDigest.KeyPrefix}{name}", digest.ToString());
    }
}
