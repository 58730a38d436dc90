using System.Globalization;

namespace Failover;

/// <summary>A time as it stands in a state file: UTC, and in a form that sorts as text.</summary>
internal static class StateTime
{
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <exception cref="StateDamage">It is no such text.</exception>
    public static DateTimeOffset Read(string text) =>
        DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new StateDamage($"{Printable.Quoted(text)} is no time");
}
