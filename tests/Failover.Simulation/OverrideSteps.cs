namespace Failover.Simulation;

/// <summary>What of a component a person has seen who decides something about it.</summary>
internal enum Seen
{
    /// <summary>It is to be done whatever the component is.</summary>
    Whatever,

    /// <summary>As it is.</summary>
    Now,

    /// <summary>As it was before it changed.</summary>
    Earlier,
}

internal static class SeenText
{
    public static string Of(Seen seen) =>
        seen switch
        {
            Seen.Now => ", as seen now",
            Seen.Earlier => ", as seen earlier",
            _ => "",
        };
}

/// <summary>A person has a component serve something else for so long.</summary>
internal sealed record SetOverride(int Component, OverrideKind Kind, int Milliseconds) : SimulationEvent
{
    /// <summary>Whether the person may reset it, too.</summary>
    public bool MayHideLatch { get; init; }

    public Seen Seen { get; init; }

    public override string ToString() =>
        $"override {Component} {Kind.ToString().ToLowerInvariant()} for {Seconds(Milliseconds)}{(MayHideLatch ? ", may reset" : "")}{SeenText.Of(Seen)}";
}

/// <summary>A person ends the override of a component, which may be served no longer.</summary>
internal sealed record ClearOverride(int Component) : SimulationEvent
{
    public Seen Seen { get; init; }

    public override string ToString() => $"clear {Component}{SeenText.Of(Seen)}";
}

/// <summary>A person forgets the latches of a component that nobody can reset; it may be served no longer.</summary>
internal sealed record ForgetLatches(int Component) : SimulationEvent
{
    public Seen Seen { get; init; }

    public override string ToString() => $"forget {Component}{SeenText.Of(Seen)}";
}
