using System.Globalization;

namespace Failover;

/// <summary>Times and durations as the commands show them.</summary>
internal static class TimeText
{
    /// <summary><c>2026-03-01 12:00:00 UTC</c>.</summary>
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>How long ago that was; 0s where a clock was set back since.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now) =>
        now - then < TimeSpan.FromSeconds(1) ? "0s" : ExplanationText.Rounded(now - then);
}
