using System.Text.Json;

namespace Failover;

/// <summary>What a Failover process under measure serves.</summary>
internal sealed record ServeOrder
{
    /// <summary>Whether <c>/health</c> is there, answered from memory.</summary>
    public bool HasHealth { get; init; }

    /// <summary>How many components <c>/c0</c>, <c>/c1</c> … there are, a TCP check each.</summary>
    public int Checks { get; init; }

    /// <summary>The ports that the checks look at in turn.</summary>
    public int[] Ports { get; init; } = [];

    /// <summary>Whether each check has an address of its own (<see cref="TargetAddress"/>); else all have 127.0.0.1.</summary>
    public bool SpreadsAddresses { get; init; }

    /// <summary>Where set, the port that all but every hundredth check look at instead: nothing ever answers there.</summary>
    public int? DeadPort { get; init; }

    /// <summary>How often the checks run by themselves; where null, they run when they are asked.</summary>
    public int? IntervalSeconds { get; init; }

    public int TimeoutSeconds { get; init; } = 5;

    /// <summary>Where set, each check is a GET of that path instead, with a query string of its own.</summary>
    public string? HttpPath { get; init; }

    public TcpClose Close { get; init; } = TcpClose.Rst;

    /// <summary>Whether <c>/slow</c> is there: one check that ends when it is told to.</summary>
    public bool HasSlow { get; init; }

    public static ServeOrder Parse(string json) => JsonSerializer.Deserialize<ServeOrder>(json)!;

    /// <summary>One of every hundred checks is alive among dead ones.</summary>
    public bool IsDead(int check) => DeadPort is not null && check % 100 != 0;

    public override string ToString() => JsonSerializer.Serialize(this);
}

/// <summary>What a Failover process under measure tells of itself.</summary>
/// <param name="Probes">How many checks began since it was asked last.</param>
/// <param name="Pending">How many components have no result yet.</param>
/// <param name="Ok">How many components are ok.</param>
/// <param name="FirstResultsSeconds">How long it took from the start of the server until all components had a result; null
/// while some have none.</param>
/// <param name="Turns">How many turns of background loops began since it was asked last.</param>
/// <param name="LatenessP50">Half of these turns began no later than this after their time, in seconds.</param>
/// <param name="LatenessP99">All but a hundredth did.</param>
/// <param name="LatenessMax">All did.</param>
internal sealed record ServedFigures(
    long Probes,
    int Pending,
    int Ok,
    double? FirstResultsSeconds,
    int Turns,
    double? LatenessP50,
    double? LatenessP99,
    double? LatenessMax
);
