using System.Globalization;

namespace Failover;

/// <summary>What would end the latches of a component, for people.</summary>
internal static class LatchOutlook
{
    private const int MostNames = 5;
    private const string Stamp = "yyyy-MM-dd HH:mm:ss 'UTC'";

    /// <summary>Of a component whose latches no POST can reset.</summary>
    public const string CannotBeReset =
        "no reset (POST) ends it: the component needs a toggle with a oneshot in to_ok, its on_post, and a reload";

    /// <summary>What would end them; null where there are none.</summary>
    /// <param name="shown">What the component serves.</param>
    /// <param name="hasPost">Whether it has a POST.</param>
    /// <param name="isAuthorised">Whether one of the latches is ended by an authorised fire alone.</param>
    public static string? Of(Snapshot shown, bool hasPost, Func<bool> isAuthorised) =>
        !shown.IsLatched ? null
        : shown.CanReset ? "a reset (POST) ends it"
        : !isAuthorised() ? "its to_ok ends it, without a reset"
        : hasPost
            ? "no reset (POST) ends it now: a reset is pending, or another latch holds it that on_post does not fire"
        : CannotBeReset;

    /// <summary>The lines of the log of a start about latched components, one each.</summary>
    public static IEnumerable<string> AtStart(IEnumerable<Component> components)
    {
        (string Name, Snapshot Shown)[] latched =
        [
            .. components
                .Select(component => (component.Name, Shown: component.LastKnown()))
                .Where(component => component.Shown.IsLatched),
        ];
        foreach ((string name, Snapshot shown) in latched.Take(MostNames))
        {
            string since = shown.Since is { } time
                ? $" since {time.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}"
                : "";
            yield return $"/{name} is fail{since}: {shown.Reason}";
        }

        if (latched.Length > MostNames)
        {
            yield return $"and {latched.Length - MostNames} more are latched: failover status";
        }
    }
}
