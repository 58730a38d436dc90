using System.Collections.Immutable;

namespace Failover;

/// <summary>What a reload would change: what <c>failover check --diff</c> shows.</summary>
internal static class ConfigurationDiff
{
    private const string None = "none";

    /// <param name="running">What is served now.</param>
    /// <param name="next">What the file says.</param>
    public static IEnumerable<Line> Lines(ConfigurationDocument running, FailoverConfiguration next)
    {
        Dictionary<string, ConfiguredComponent> before = running.Components.ToDictionary(
            component => component.Name,
            StringComparer.Ordinal
        );
        List<Line> lines = [];
        int unchanged = 0;
        foreach (ComponentDescription component in next.Components)
        {
            ConfiguredComponent after = ConfiguredComponent.Of(
                component,
                next.Secrets.Redact,
                isLatched: false,
                HealthState.Ok
            );
            ImmutableArray<Line> change = before.Remove(after.Name, out ConfiguredComponent? served)
                ? Changed(served, after)
                : Added(after);
            unchanged += change.IsEmpty ? 1 : 0;
            lines.AddRange(change);
            if (served is { HasAuthorisedLatch: true } && !CanReset(component))
            {
                lines.Add(CannotBeReset(after.Name));
            }
        }

        lines.AddRange(
            running.Components.Where(served => before.ContainsKey(served.Name)).SelectMany(served => Removed(served))
        );
        string counted = unchanged == 1 ? "1 component" : $"{unchanged} components";
        return [.. lines, lines.Count > 0 ? $"{counted} unchanged" : $"nothing would change: {counted}"];
    }

    // A POST of the component also ends the latches for which its description has no toggle any longer.
    private static bool CanReset(ComponentDescription component) => component.OnPostText is not null;

    private static Line CannotBeReset(string name) =>
        new(
            new("! ", Tone.Fail),
            Cell.Escaped($"the latch of /{name} stays; no POST can reset it under the new description", Tone.Error)
        );

    private static ImmutableArray<Line> Added(ConfiguredComponent component) =>
        [
            Heading("+ ", Tone.Ok, component.Name, "added"),
            Detail("+ ", Tone.Ok, component.Description),
            .. component.OnPost is { } post ? [Detail("+ ", Tone.Ok, $"on_post: {post}")] : Array.Empty<Line>(),
            .. component.ResponseDeadline is { } deadline
                ? [Detail("+ ", Tone.Ok, $"response_deadline: {Units.Text(deadline)}")]
                : Array.Empty<Line>(),
        ];

    private static ImmutableArray<Line> Removed(ConfiguredComponent component) =>
        [
            Heading(
                "- ",
                Tone.Fail,
                component.Name,
                component.IsLatched ? "removed; latched: that is remembered for when it is added again" : "removed"
            ),
            Detail("- ", Tone.Fail, component.Description),
        ];

    private static ImmutableArray<Line> Changed(ConfiguredComponent before, ConfiguredComponent after)
    {
        bool isOther = !string.Equals(before.Description, after.Description, StringComparison.Ordinal);
        ImmutableArray<Line> options =
        [
            .. Replaced("", before.Description, after.Description),
            .. Replaced("on_post: ", before.OnPost ?? None, after.OnPost ?? None),
            .. Replaced("response_deadline: ", Text(before.ResponseDeadline), Text(after.ResponseDeadline)),
        ];
        string how =
            !isOther ? "changed; keeps its state"
            : before.IsLatched ? "changed; latched: stays fail until it is reset"
            : "changed; keeps its published state until there is new evidence";
        return options.IsEmpty ? [] : [Heading("~ ", Tone.Strong, after.Name, how), .. options];
    }

    private static ImmutableArray<Line> Replaced(string label, string before, string after) =>
        string.Equals(before, after, StringComparison.Ordinal)
            ? []
            : [Detail("- ", Tone.Fail, label + before), Detail("+ ", Tone.Ok, label + after)];

    private static string Text(TimeSpan? deadline) => deadline is { } time ? Units.Text(time) : None;

    private static Line Heading(string mark, Tone tone, string name, string how) =>
        new(new(mark, tone), Cell.Escaped(name, Tone.Strong), $": {how}");

    private static Line Detail(string mark, Tone tone, string text) => new("    ", Cell.Escaped(mark + text, tone));
}
