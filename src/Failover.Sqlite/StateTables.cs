using System.Collections.Immutable;

namespace Failover;

/// <summary>The tables that the digest covers, and how their rows are read and written.</summary>
internal static class StateTables
{
    private const char Separator = '\n';

    public static StateTable<StoredNode> Nodes(SqliteFile file) =>
        new(
            file,
            "node",
            ["key", "kind", "fingerprint", "state", "reason", "at"],
            node => [node.Key, node.Kind, node.Fingerprint, node.State, node.Reason, StateTime.Text(node.At)],
            row => new(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), StateTime.Read(row.Text(5)))
        );

    public static StateTable<StoredComponent> Components(SqliteFile file) =>
        new(
            file,
            "component",
            ["name", "state", "reason", "since", "is_latched", "held_by"],
            component =>
                [
                    component.Name,
                    StateText.Of(component.State),
                    component.Reason,
                    StateTime.Text(component.Since),
                    StateText.Of(component.IsLatched),
                    string.Join(Separator, component.HeldBy),
                ],
            row =>
                new(
                    row.Text(0),
                    StateText.State(row.Text(1)),
                    row.Text(2),
                    StateTime.Read(row.Text(3)),
                    row.Number(4) != 0
                )
                {
                    HeldBy = row.Text(5) is { Length: > 0 } identities ? [.. identities.Split(Separator)] : [],
                }
        );

    public static StateTable<StoredLatch> Latches(SqliteFile file) =>
        new(
            file,
            "latch",
            ["key", "kind", "fingerprint", "state", "id", "is_authorised", "components", "reason", "since", "revision"],
            latch =>
                [
                    latch.Key,
                    latch.Kind,
                    latch.Fingerprint,
                    StateText.Of(latch.State),
                    latch.Id,
                    latch.IsAuthorised is { } isAuthorised ? StateText.Of(isAuthorised) : null,
                    string.Join(Separator, latch.Components),
                    latch.Reason,
                    StateTime.Text(latch.Since),
                    StateText.Of(latch.Revision),
                ],
            row =>
                new(
                    row.Text(0),
                    row.Text(1),
                    row.Text(2),
                    StateText.State(row.Text(3)),
                    row.Text(4),
                    row.IsNull(5) ? null : row.Number(5) != 0,
                    [.. row.Text(6).Split(Separator, StringSplitOptions.RemoveEmptyEntries)],
                    row.Text(7),
                    StateTime.Read(row.Text(8)),
                    row.Number(9)
                )
        );

    /// <summary>Single values. The row of the digest is not one of them.</summary>
    public static StateTable<(string Key, string Value)> Meta(SqliteFile file) =>
        new(file, "meta", ["key", "value"], row => [row.Key, row.Value], row => (row.Text(0), row.Text(1)));
}

/// <summary>What a transaction does with a table whatever its rows are.</summary>
internal interface IStateTable : IDisposable
{
    /// <summary>The sum of the digests of its rows, those of the open transaction included.</summary>
    UInt128 Digest { get; }

    /// <summary>The open transaction is committed.</summary>
    void Commit();

    /// <summary>The open transaction is rolled back.</summary>
    void Rollback();
}

/// <summary>A table that the digest covers. It holds the digest of each row, so that a row is replaced without the others being
/// read.</summary>
/// <param name="file">The state file.</param>
/// <param name="name">The name of the table.</param>
/// <param name="columns">All its columns, the key first.</param>
/// <param name="valuesOf">The values of a row, in the order of the columns.</param>
/// <param name="rowOf">The row that a statement stands at.</param>
internal sealed class StateTable<TRow>(
    SqliteFile file,
    string name,
    string[] columns,
    Func<TRow, string?[]> valuesOf,
    Func<SqliteStatement, TRow> rowOf
) : IStateTable
{
    private readonly StateDigest digests = new();
    private readonly Dictionary<string, UInt128> rows = [];

    // What the open transaction changes; null: a row that it deletes.
    private readonly Dictionary<string, UInt128?> changed = [];
    private SqliteStatement? set;
    private SqliteStatement? forget;
    private bool isCleared;
    private UInt128 committed;

    /// <inheritdoc/>
    public UInt128 Digest { get; private set; }

    /// <summary>Reads all rows, in the order of their keys. Once, before anything is changed.</summary>
    /// <param name="where">Which rows there are; empty: all.</param>
    public ImmutableArray<TRow> Read(string where = "")
    {
        ImmutableArray<TRow>.Builder read = ImmutableArray.CreateBuilder<TRow>();
        using SqliteStatement all = file.Prepare(
            $"SELECT {string.Join(", ", columns)} FROM {name} {where} ORDER BY {columns[0]}"
        );
        while (all.Next())
        {
            read.Add(rowOf(all));
            Digest += rows[all.Text(0)] = digests.OfRow(name, all);
        }

        committed = Digest;
        return read.DrainToImmutable();
    }

    public void Set(TRow row)
    {
        string?[] values = valuesOf(row);
        string key = values[0] = StateText.OfKey(values[0]!);
        set ??= file.Prepare(
            $"INSERT OR REPLACE INTO {name} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(_ => "?"))})"
        );
        set.Run(values);
        Replace(key, digests.OfRow(name, values));
    }

    public void Forget(string key)
    {
        forget ??= file.Prepare($"DELETE FROM {name} WHERE {columns[0]} = ?");
        forget.Run(key);
        Replace(StateText.OfKey(key), null);
    }

    /// <summary>Deletes all rows.</summary>
    public void Clear()
    {
        file.Run($"DELETE FROM {name}");
        isCleared = true;
        changed.Clear();
        Digest = 0;
    }

    /// <inheritdoc/>
    public void Commit()
    {
        if (isCleared)
        {
            rows.Clear();
        }

        foreach ((string key, UInt128? digest) in changed)
        {
            if (digest is { } row)
            {
                rows[key] = row;
            }
            else
            {
                rows.Remove(key);
            }
        }

        committed = Digest;
        Rollback();
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        changed.Clear();
        isCleared = false;
        Digest = committed;
    }

    public void Dispose()
    {
        set?.Dispose();
        forget?.Dispose();
    }

    private void Replace(string key, UInt128? after)
    {
        UInt128 before =
            changed.TryGetValue(key, out UInt128? row) ? row.GetValueOrDefault()
            : isCleared ? 0
            : rows.GetValueOrDefault(key);
        Digest += after.GetValueOrDefault() - before;
        changed[key] = after;
    }
}
