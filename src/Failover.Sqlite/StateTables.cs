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
