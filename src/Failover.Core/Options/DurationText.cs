using System.Buffers;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>Durations as they are written in files: <c>250ms</c>, <c>10s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>2d</c>.</summary>
internal static class DurationText
{
    // A number of so many digits times the longest unit still fits a decimal.
    private const int LongestNumber = 16;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    // From the longest to the shortest, as they are written one after the other.
    private static readonly (string Name, long Ticks)[] Known =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a duration of 0 or more.</summary>
    public static Parsed Parse(string text)
    {
        if (TryParse(text, out TimeSpan duration, out bool isTooLong))
        {
            return new(duration);
        }

        return text switch
        {
            ['-', ..] when TryParse(text.AsSpan(1), out _, out _) => Parsed.Refused("which is negative"),
            _ when isTooLong => Parsed.Refused("which is too long"),
            _ when IsNumber(text) => Parsed.Refused("without a unit", Meant($"{text}s")),
            _ => Parsed.Refused(meant: Meant(Tidy(text))),
        };
    }

    /// <summary>The duration with nothing rounded; <see cref="Parse"/> gives the same back.</summary>
    public static string Exact(TimeSpan duration)
    {
        // As nearly all of them are, and those that are asked for most.
        if (duration.Ticks % TimeSpan.TicksPerSecond == 0 && duration.Ticks is >= 0 and < TimeSpan.TicksPerMinute)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / TimeSpan.TicksPerSecond}s");
        }

        StringBuilder text = new(duration < TimeSpan.Zero ? "-" : "");
        // The shortest has no counterpart: it is one tick further from zero than the longest.
        ulong rest = duration < TimeSpan.Zero ? (ulong)-(duration.Ticks + 1) + 1 : (ulong)duration.Ticks;
        if (rest < TimeSpan.TicksPerSecond && rest > 0)
        {
            return text.Append(CultureInfo.InvariantCulture, $"{rest / (decimal)TimeSpan.TicksPerMillisecond:0.####}ms")
                .ToString();
        }

        foreach ((string unit, long ticks) in Known[..3])
        {
            if (rest / (ulong)ticks is > 0 and var count)
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
                rest %= (ulong)ticks;
            }
        }

        return rest > 0 || duration == TimeSpan.Zero
            ? text.Append(CultureInfo.InvariantCulture, $"{rest / (decimal)TimeSpan.TicksPerSecond:0.#######}s")
                .ToString()
            : text.ToString();
    }

    private static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration, out bool isTooLong)
    {
        (duration, isTooLong) = (TimeSpan.Zero, false);
        decimal ticks = 0;
        int next = 0;
        while (text.Length > 0)
        {
            int digits = text.IndexOfAnyExcept(Digits);
            if (digits < 1 || digits > LongestNumber || !TryNumber(text[..digits], out decimal count))
            {
                isTooLong = digits > LongestNumber;
                return false;
            }

            text = text[digits..];
            int letters = text.IndexOfAnyExceptInRange('a', 'z') is >= 0 and var end ? end : text.Length;
            int index = next;
            while (index < Known.Length && !text[..letters].SequenceEqual(Known[index].Name))
            {
                index++;
            }

            if (index == Known.Length)
            {
                return false;
            }

            ticks += count * Known[index].Ticks;
            next = index + 1;
            text = text[letters..];
        }

        isTooLong = ticks > long.MaxValue;
        if (next == 0 || isTooLong)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(ticks));
        return true;
    }

    private static bool IsNumber(string text) => TryNumber(text, out _);

    private static bool TryNumber(ReadOnlySpan<char> text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private static string? Meant(string guess) => TryParse(guess, out _, out _) ? guess : null;

    // "10 Sec" and "5min" are 10s and 5m.
    private static string Tidy(string text)
    {
        StringBuilder tidy = new();
        StringBuilder word = new();
        foreach (char letter in text.Where(letter => !char.IsWhiteSpace(letter)).Append('\0'))
        {
            if (char.IsAsciiLetter(letter))
            {
                word.Append(char.ToLowerInvariant(letter));
                continue;
            }

            string unit = word.ToString();
            bool isMilliseconds =
                unit.StartsWith("ms", StringComparison.Ordinal) || unit.StartsWith("mil", StringComparison.Ordinal);
            tidy.Append(isMilliseconds ? "ms" : unit[..Math.Min(1, unit.Length)]);
            word.Clear();
            if (letter != '\0')
            {
                tidy.Append(letter);
            }
        }

        return tidy.ToString();
    }
}
