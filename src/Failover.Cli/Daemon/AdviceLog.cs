using System.Globalization;

namespace Failover;

/// <summary>Logs what <c>failover check</c> warns about.</summary>
internal static class AdviceLog
{
    private const int MostAdvice = 10;

    /// <summary>Logs the warnings of a configuration, the first ones of many.</summary>
    public static void Write(EventLog log, FailoverConfiguration configuration)
    {
        IReadOnlyList<Advice> advice = ConfigurationAdvice.Of(configuration, ConfigurationAdvice.ModeOf);
        foreach (Advice one in advice.Take(MostAdvice))
        {
            log.WriteWarning(LogEvents.ConfigurationWarning, $"{one.Position}: {one.Problem}; better: {one.Better}");
        }

        int more = advice.Count - MostAdvice;
        if (more > 0)
        {
            string counted = string.Create(CultureInfo.InvariantCulture, $"{more} warning{(more == 1 ? "" : "s")}");
            log.WriteWarning(
                LogEvents.ConfigurationWarning,
                $"and {counted} more: failover check {configuration.File}"
            );
        }
    }
}
