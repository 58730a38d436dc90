namespace Failover;

/// <summary>Flapping, deliberately simple: it keeps all that it saw, and judges all of it each time.</summary>
internal sealed class SimpleFlapping(double high, double low)
{
    private readonly List<HealthState> seen = [];
    private readonly List<bool> flapping = [];
    private HealthState? shown;

    public HealthState See(HealthState state)
    {
        if (state == Error)
        {
            return Error;
        }

        seen.Add(state);
        // In hundredths, which are exact.
        decimal sum = 0;
        // The last 20, the newest weighs 1.18 and each before it 0.02 less.
        for (int age = 0; age < 20; age++)
        {
            int at = seen.Count - 1 - age;
            sum += at > 0 && seen[at] != seen[at - 1] ? 1.18m - (0.02m * age) : 0;
        }

        bool was = flapping.Count > 0 && flapping[^1];
        flapping.Add(sum / 20 * 100 > (decimal)(was ? low : high));
        shown = flapping[^1] ? shown ?? state : state;
        return shown.Value;
    }
}
