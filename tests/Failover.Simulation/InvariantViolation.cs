namespace Failover.Simulation;

/// <summary>Something that the machine promises does not hold.</summary>
internal sealed class InvariantViolation(string invariant, string what) : Exception($"{invariant}: {what}")
{
    public string Invariant => invariant;
}
