namespace Failover;

/// <summary>The button, deliberately simple: it keeps all that ever happened to it and looks back each time.</summary>
internal sealed class SimpleOneshot(HealthState defaultState, TimeSpan? expires)
{
    private readonly List<(string What, Instant At)> everything = [];

    public void Fire(Instant now) => everything.Add(("fire", now));

    public void Restart(Instant now) => everything.Add(("fresh start", now));

    public HealthState Read(Instant now)
    {
        (string What, Instant At) newest = everything.LastOrDefault();
        everything.Add(("read", now));
        bool isFired = newest.What is "fire" && (expires is null || now - newest.At <= expires);
        return isFired == (defaultState == Ok) ? Fail : Ok;
    }
}
