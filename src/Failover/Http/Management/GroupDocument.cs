using System.Collections.Immutable;

namespace Failover;

/// <summary>The components below a path: <c>/-/api/v1/groups/{prefix}</c>.</summary>
/// <param name="Name">The path, without slashes around it.</param>
/// <param name="State">Fail if one of them is, else error if one is, else ok.</param>
/// <param name="Ok">How many are ok.</param>
/// <param name="Fail">How many are fail.</param>
/// <param name="Error">How many are errors.</param>
/// <param name="Components">All of them, in the order of the file.</param>
internal sealed record GroupDocument(
    string Name,
    HealthState State,
    int Ok,
    int Fail,
    int Error,
    ImmutableArray<GroupMember> Components
)
{
    /// <summary>The group below a path; null where there is none.</summary>
    /// <param name="prefix">The path: <c>shop</c> for <c>shop/web</c> and <c>shop/eu/db</c>, and not for <c>shop</c> or <c>shopping</c>.</param>
    /// <param name="all">All components.</param>
    public static GroupDocument? Of(string prefix, IEnumerable<Component> all)
    {
        ImmutableArray<GroupMember> members =
        [
            .. all.Where(component => component.Name.StartsWith($"{prefix}/", StringComparison.Ordinal))
                .Select(component => GroupMember.Of(component.Name, component.LastKnown())),
        ];
        int failing = Count(HealthState.Fail);
        int unknown = Count(HealthState.Error);
        HealthState state =
            failing > 0 ? HealthState.Fail
            : unknown > 0 ? HealthState.Error
            : HealthState.Ok;
        return members.IsEmpty ? null : new(prefix, state, Count(HealthState.Ok), failing, unknown, members);

        int Count(HealthState of) => members.Count(one => one.State == of);
    }
}

/// <summary>A component in a group.</summary>
/// <param name="Name">The path without its leading slash.</param>
/// <param name="State">What it serves; of one that is evaluated by requests, what it served last.</param>
/// <param name="Since">When it came to that state, by the wall clock; null where it is unknown.</param>
/// <param name="HasWarning">Whether it is ok by an observation with a warning.</param>
internal sealed record GroupMember(string Name, HealthState State, DateTimeOffset? Since, bool HasWarning)
{
    /// <summary>Reports one.</summary>
    public static GroupMember Of(string name, Snapshot shown) => new(name, shown.State, shown.Since, shown.HasWarning);
}
