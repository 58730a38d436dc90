using System.Globalization;

namespace Failover;

/// <summary>What happened to a guard, for people.</summary>
internal static class GuardText
{
    public static string Of(GuardChange change) =>
        change.Step switch
        {
            GuardStep.Tripped =>
                $"tripped: {Failing(change)}, and at most {Number(change.Most)} may; moves to fail are delayed for up to {Units.Text(change.MaxDelay)}",
            GuardStep.Over => $"is no longer tripped: {Failing(change)}",
            GuardStep.Expired =>
                $"has delayed moves to fail for {Units.Text(change.MaxDelay)}, and does so no longer: {Failing(change)}",
            GuardStep.Released => $"was released, and delays moves to fail no longer: {Failing(change)}",
            _ => throw new ArgumentOutOfRangeException(nameof(change), change.Step, "no such step"),
        };

    public static string Word(GuardStep step) =>
        step switch
        {
            GuardStep.Tripped => "tripped",
            GuardStep.Over => "over",
            GuardStep.Expired => "expired",
            GuardStep.Released => "released",
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "no such step"),
        };

    private static string Failing(GuardChange change) =>
        $"{Number(change.Failing)} of {Number(change.Members)} components fail";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
