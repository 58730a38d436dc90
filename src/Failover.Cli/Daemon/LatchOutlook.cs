namespace Failover;

/// <summary>What would end the latches of a component, for people.</summary>
internal static class LatchOutlook
{
    /// <summary>Of a component whose latches no POST can reset.</summary>
    public const string Stranded =
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
        : Stranded;
}
