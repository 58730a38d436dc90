using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Failover;

/// <summary>Why a node of a task shows what it shows, and what would change that: the same words on every page and
/// terminal.</summary>
/// <param name="Name">How the node above calls this one, as <c>task</c> or <c>to_fail</c>; empty at the root, and where it calls it by its
/// text.</param>
/// <param name="Summary">The node's own part in one line, without the nodes below it.</param>
/// <param name="State">What the node shows.</param>
/// <param name="Reason">Why, as the node says it. May be empty.</param>
/// <param name="IsInCharge">Whether the nodes above want it in their present state: what it shows counts.</param>
/// <param name="Evidence">What the node rests on, as <c>3 fails in a row over 20s</c>; empty where there is nothing to
/// say.</param>
/// <param name="Outlook">What would change what it shows, as <c>fail after 2 more fails, at the earliest in 41s</c>; empty
/// where nothing can be said.</param>
/// <param name="IsRepeated">Whether the same node is explained further up: the nodes below it are left out here.</param>
/// <param name="Children">The nodes below, in their order.</param>
internal sealed record Explanation(
    string Name,
    string Summary,
    HealthState State,
    string Reason,
    bool IsInCharge,
    string Evidence,
    string Outlook,
    bool IsRepeated,
    ImmutableArray<Explanation> Children
)
{
    /// <summary>Whether the node is ok by an observation with a warning.</summary>
    public bool HasWarning { get; init; }

    /// <summary>Figures of its newest observation; see <see cref="Observation.PerformanceData"/>.</summary>
    public string PerformanceData { get; init; } = "";

    /// <summary>When the node can come to another state, for a countdown: the same as in <see cref="Outlook"/>. Empty where that depends on
    /// the nodes below it.</summary>
    public ImmutableArray<StateForecast> Forecasts { get; init; } = [];
}

/// <summary>How a node comes to another state by further observations in a row.</summary>
/// <param name="State">The state that it would come to.</param>
/// <param name="Seen">How many observations in a row speak for it already.</param>
/// <param name="Remaining">How many more it takes at least.</param>
/// <param name="EarliestIn">In what time at the earliest, from the moment of the explanation; zero: with the next observations.</param>
internal sealed record StateForecast(
    HealthState State,
    int Seen,
    int Remaining,
    [property: JsonPropertyName("earliest_in_seconds")] TimeSpan EarliestIn
);
