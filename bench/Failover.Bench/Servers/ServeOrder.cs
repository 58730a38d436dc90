using System.Text.Json;

namespace Failover;

/// <summary>What the Failover process serves whose lateness is measured.</summary>
internal sealed record ServeOrder
{
    /// <summary>How many background components there are, a TCP check each.</summary>
    public int Checks { get; init; }

    /// <summary>The ports that the checks probe in turn.</summary>
    public int[] Ports { get; init; } = [];

    /// <summary>Where set, the port that all but every hundredth check probe instead: nothing ever answers there.</summary>
    public int? DeadPort { get; init; }

    public int IntervalSeconds { get; init; }

    public int TimeoutSeconds { get; init; } = 5;

    public static ServeOrder Parse(string json) => JsonSerializer.Deserialize<ServeOrder>(json)!;

    /// <summary>One of every hundred checks is alive among dead ones.</summary>
    public bool IsDead(int check) => DeadPort is not null && check % 100 != 0;

    public override string ToString() => JsonSerializer.Serialize(this);
}

/// <summary>What a Failover process under measure tells of itself.</summary>
/// <param name="Ok">How many components are ok.</param>
/// <param name="FirstResultsSeconds">How long it took from the start of the server until all components had a result; null
/// while some have none.</param>
/// <param name="Turns">How many turns of background loops began since it was asked last.</param>
/// <param name="LatenessP50">Half of these turns began no later than this after their time, in seconds.</param>
/// <param name="LatenessP99">All but a hundredth did.</param>
/// <param name="LatenessMax">All did.</param>
internal sealed record ServedFigures(
    int Ok,
    double? FirstResultsSeconds,
    int Turns,
    double? LatenessP50,
    double? LatenessP99,
    double? LatenessMax
);
