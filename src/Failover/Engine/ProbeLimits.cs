using System.Globalization;

namespace Failover;

/// <summary>How many probes run at a time.</summary>
/// <param name="Max">In all; null: half of the limit of open files.</param>
/// <param name="MaxPerHost">Of one host; null: any number.</param>
internal sealed record ProbeLimits(int? Max = null, int? MaxPerHost = null)
{
    /// <summary>The largest that is accepted.</summary>
    public const int Largest = 1_000_000;

    /// <summary>What is accepted, in words.</summary>
    public static string Accepted { get; } =
        string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {Largest}");

    /// <summary>How many in all. Beyond the default, they would soon find no descriptor left, and say nothing of their targets.</summary>
    public int Places => Max ?? (ResourceLimit.Descriptors is { } limit ? (int)Math.Min(limit / 2, Largest) : Largest);

    /// <summary>A given number, checked.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public static int? Check(int? given, string argument) =>
        given is null or (>= 1 and <= Largest)
            ? given
            : throw new ArgumentOutOfRangeException(
                argument,
                given,
                string.Create(CultureInfo.InvariantCulture, $"{argument} is {given}; accepted: {Accepted}")
            );
}
