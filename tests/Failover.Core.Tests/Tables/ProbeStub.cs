namespace Failover;

/// <summary>A check for trees that are judged but never evaluated.</summary>
internal sealed record ProbeStub(string Name = "stub") : Check
{
    public override TimeSpan LongestTime => Second(10);

    public override string Summary => Name;
}
