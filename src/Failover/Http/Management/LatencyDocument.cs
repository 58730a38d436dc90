using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Failover;

/// <summary>What one component served and how long its probes took, by minute or hour: <c>/-/api/v1/latency/{name}</c>.</summary>
/// <param name="Name">The path without its leading slash.</param>
/// <param name="By"><c>minute</c> or <c>hour</c>.</param>
/// <param name="RollUps">The newest first. A period in which nothing was observed is left out.</param>
internal sealed record LatencyDocument(string Name, string By, ImmutableArray<LatencyEntry> RollUps);

/// <summary>One minute or hour. The times are in seconds; so are the latencies, of all probes that ended in ok or fail, to the
/// microsecond.</summary>
/// <param name="From">When it begins, by the wall clock.</param>
/// <param name="Observed">For how much of it the state was known: the sum of the three below. The rest of it nobody looked.</param>
/// <param name="Ok">For how long ok was served.</param>
/// <param name="Fail">For how long fail was served.</param>
/// <param name="Error">For how long error was served.</param>
/// <param name="Probes">How many probes there were; an hour has the sum of its minutes.</param>
/// <param name="P50">Half of them took at most so long, within 2 %; null where there were none.</param>
/// <param name="P99">99 % of them took at most so long, within 2 %; null where there were none.</param>
/// <param name="Max">The longest of them; null where there were none.</param>
internal sealed record LatencyEntry(
    DateTimeOffset From,
    [property: JsonPropertyName("seconds_observed")] TimeSpan Observed,
    TimeSpan Ok,
    TimeSpan Fail,
    TimeSpan Error,
    long Probes,
    [property: JsonConverter(typeof(MicrosecondsConverter))] TimeSpan? P50,
    [property: JsonConverter(typeof(MicrosecondsConverter))] TimeSpan? P99,
    [property: JsonConverter(typeof(MicrosecondsConverter))] TimeSpan? Max
)
{
    public static LatencyEntry Of(LatencyRollUp read) =>
        new(
            read.From,
            read.Times.Observed,
            read.Times.Ok,
            read.Times.Fail,
            read.Times.Error,
            read.Probes,
            read.Probes > 0 ? read.P50 : null,
            read.Probes > 0 ? read.P99 : null,
            read.Probes > 0 ? read.Longest : null
        );
}
