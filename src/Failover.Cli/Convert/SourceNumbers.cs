using System.Globalization;

namespace Failover;

/// <summary>Durations and counts of a configuration of other software. One that is none, or that no file here accepts, is lost.</summary>
/// <param name="remarks">Takes what is lost.</param>
internal sealed class SourceNumbers(ConvertedMap remarks)
{
    /// <summary>A duration; null where none is given, or it is lost.</summary>
    /// <param name="line">Its line in the source.</param>
    /// <param name="what">What it is called there.</param>
    /// <param name="text">The number and its unit; null where none is given.</param>
    /// <param name="secondsOf">How many seconds a text is; null where it is no duration.</param>
    public TimeSpan? Duration(int line, string what, string? text, Func<string, double?> secondsOf)
    {
        if (text is null)
        {
            return null;
        }

        if (secondsOf(text) is not { } seconds)
        {
            remarks.Lose(line, $"{what} {text}: no duration");
            return null;
        }

        if (seconds < DurationOption.Shortest.TotalSeconds || seconds > DurationOption.Longest.TotalSeconds)
        {
            remarks.Lose(
                line,
                $"{what} {text}: a duration is from {Units.Text(DurationOption.Shortest)} to {Units.Text(DurationOption.Longest)}"
            );
            return null;
        }

        return TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
    }

    /// <summary>A count; null where none is given, or it is lost.</summary>
    /// <param name="line">Its line in the source.</param>
    /// <param name="what">What it is called there.</param>
    /// <param name="text">Its digits; null where none is given.</param>
    public int? Count(int line, string what, string? text)
    {
        if (text is null)
        {
            return null;
        }

        // One more may be counted, as of retries.
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count < int.MaxValue)
        {
            return count;
        }

        remarks.Lose(line, $"{what} {text}: a count is from 0 to {int.MaxValue - 1}");
        return null;
    }
}
