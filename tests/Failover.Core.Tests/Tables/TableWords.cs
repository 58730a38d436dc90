using System.Globalization;

namespace Failover;

/// <summary>The words that decision tables are written in.</summary>
internal static class TableWords
{
    public static HealthState State(string letter) =>
        letter switch
        {
            "O" => HealthState.Ok,
            "F" => HealthState.Fail,
            "E" => HealthState.Error,
            _ => throw new FormatException($"state is \"{letter}\"; accepted: O, F, E"),
        };

    public static string Letter(HealthState state) =>
        state switch
        {
            HealthState.Ok => "O",
            HealthState.Fail => "F",
            HealthState.Error => "E",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "accepted: Ok, Fail, Error"),
        };

    public static TimeSpan Duration(string text)
    {
        string unit = text.TrimStart("0123456789.".ToCharArray());
        double count = double.Parse(text.AsSpan(0, text.Length - unit.Length), CultureInfo.InvariantCulture);
        return unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(count),
            "s" => Second(count),
            "m" => Minute(count),
            "h" => Hour(count),
            "d" => Day(count),
            _ => throw new FormatException($"duration is \"{text}\"; accepted: a number with ms, s, m, h or d"),
        };
    }

    /// <summary><c>3</c>, <c>2m</c>, <c>3&amp;2m</c>, <c>5|1m</c>.</summary>
    public static Threshold Threshold(string text) =>
        text.Split('|') is [var left, var right] ? Threshold(left) | Threshold(right)
        : text.Split('&') is [var first, var second] ? Threshold(first) & Threshold(second)
        : int.TryParse(text, CultureInfo.InvariantCulture, out int count) ? Count(count)
        : Duration(text);
}
