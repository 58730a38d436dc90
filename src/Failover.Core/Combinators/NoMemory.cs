namespace Failover.Abstractions;

/// <summary>What a combinator remembers whose result follows from its children alone: nothing.</summary>
public sealed record NoMemory
{
    /// <summary>The one value.</summary>
    public static NoMemory Instance { get; } = new();
}
