namespace Failover;

/// <summary>Within, deliberately simple: it keeps all that it saw, and counts the fails of the window each time.</summary>
/// <param name="fails">How many make it fail.</param>
/// <param name="count">Of how many; null where a duration is given.</param>
/// <param name="duration">Of how long.</param>
internal sealed class SimpleWithin(int fails, int? count, TimeSpan? duration)
{
    private readonly List<Observation> seen = [];
    private HealthState? standing;
    private int before;

    public void Restart(HealthState state)
    {
        (standing, before) = (state, seen.Count);
    }

    public HealthState See(Observation one)
    {
        if (one.State == Error)
        {
            return Error;
        }

        seen.Add(one);
        List<Observation> counted = [.. seen.Skip(before)];
        List<Observation> window =
        [
            .. count is { } number
                ? counted.TakeLast(number)
                : counted.Where(look => one.Ended - look.Ended <= duration),
        ];
        bool isFull = count is { } all ? counted.Count >= all : one.Ended - counted[0].Ended >= duration;
        bool isFailing = window.Count(look => look.State == Fail) >= fails;
        standing = isFull || isFailing ? null : standing;
        return isFailing ? Fail : standing ?? Ok;
    }
}
