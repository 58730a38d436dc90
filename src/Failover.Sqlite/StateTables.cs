namespace Failover;

/// <summary>The tables whose rows have checksums, and how they are read and written.</summary>
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

    public static StateTable<StoredOverride> Overrides(SqliteFile file) =>
        new(
            file,
            "override",
            ["id", "component", "kind", "state", "reason", "user", "source", "since", "lasts_ms", "hides_latch"],
            one =>
                [
                    one.Id,
                    one.Component,
                    StateText.Of(one.Kind),
                    StateText.Of(one.State),
                    one.Reason,
                    one.User,
                    one.Source,
                    StateTime.Text(one.Since),
                    StateText.Of((long)one.Lasts.TotalMilliseconds),
                    StateText.Of(one.MayHideLatch ? 1 : 0),
                ],
            row =>
                new(
                    row.Text(1),
                    StateText.Kind(row.Text(2)),
                    StateText.State(row.Text(3)),
                    row.Text(0),
                    row.Text(4),
                    row.Text(5),
                    row.Text(6),
                    StateTime.Read(row.Text(7)),
                    TimeSpan.FromMilliseconds(row.Number(8))
                )
                {
                    MayHideLatch = row.Number(9) != 0,
                }
        );

    public static StateTable<StoredAlarm> Alarms(SqliteFile file) =>
        new(
            file,
            "alarm",
            ["subject", "routes", .. NotificationColumns.Names[1..]],
            alarm =>
                [
                    alarm.Subject,
                    string.Join(Separator, alarm.Routes.Select(one => $"{StateTime.Text(one.Since)} {one.Route}")),
                    .. NotificationColumns.Of(alarm.Newest)[1..],
                ],
            row =>
                new(NotificationColumns.Read(row, row.Text(0), first: 2))
                {
                    Routes =
                    [
                        .. row.Text(1).Split(Separator, StringSplitOptions.RemoveEmptyEntries).Select(AlarmedRouteOf),
                    ],
                }
        );

    public static StateTable<StoredDelivery> Deliveries(SqliteFile file) =>
        new(
            file,
            "delivery",
            ["key", "number", "route", "failure", .. NotificationColumns.Names],
            delivery =>
                [
                    delivery.Key,
                    StateText.Of(delivery.Number),
                    delivery.Route,
                    delivery.Failure,
                    .. NotificationColumns.Of(delivery.Notification),
                ],
            row =>
                new(row.Number(1), row.Text(2), NotificationColumns.Read(row, row.Text(4), first: 5))
                {
                    Failure = row.IsNull(3) ? null : row.Text(3),
                }
        );

    /// <summary>Single values. The rows of the digests are none of them.</summary>
    public static StateTable<(string Key, string Value)> Meta(SqliteFile file) =>
        new(
            file,
            "meta",
            ["key", "value"],
            row => [row.Key, row.Value],
            row => (row.Text(0), row.Text(1)),
            $"WHERE key NOT GLOB '{StateDigest.KeyPrefix}*'"
        );

    private static AlarmedRoute AlarmedRouteOf(string text) =>
        text.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space
            ? new(text[(space + 1)..], StateTime.Read(text[..space]))
            : throw new StateDamage($"{Printable.Quoted(text)} is no route of an alarm");

    /// <summary>Gives checksums to the rows of a file that a migration has made, and digests to its tables.</summary>
    public static void Seal(SqliteFile file)
    {
        StateDigest.WriteSchema(file);
        foreach (
            IStateTable table in (IStateTable[])
                [
                    Nodes(file),
                    Components(file),
                    Latches(file),
                    Overrides(file),
                    Alarms(file),
                    Deliveries(file),
                    Meta(file),
                ]
        )
        {
            using (table)
            {
                table.Seal();
            }
        }
    }
}
