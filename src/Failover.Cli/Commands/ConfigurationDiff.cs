using System.Collections.Immutable;

namespace Failover;

/// <summary>What a reload would change, and what that does to the state: what <c>failover check --diff</c> shows.</summary>
internal static class ConfigurationDiff
{
    private const string None = "none";
    private const string PlainError = "error";

    /// <param name="running">What is served now.</param>
    /// <param name="next">What the file says.</param>
    public static IEnumerable<Line> Lines(ConfigurationDocument running, FailoverConfiguration next)
    {
        Dictionary<string, ConfiguredComponent> before = running.Components.ToDictionary(
            component => component.Name,
            StringComparer.Ordinal
        );
        List<Line> lines = [.. Settings(running, next)];
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

        lines.AddRange(running.Components.Where(served => before.ContainsKey(served.Name)).Select(Removed));
        string counted = unchanged == 1 ? "1 component" : $"{unchanged} components";
        string keeps = unchanged switch
        {
            0 => "",
            1 => ", keeps its state",
            _ => ", keep their state",
        };
        return [.. lines, lines.Count > 0 ? $"{counted} unchanged{keeps}" : $"nothing would change: {counted}"];
    }

    private static IEnumerable<Line> Settings(ConfigurationDocument running, FailoverConfiguration next)
    {
        Dictionary<string, string> before = running.Settings.ToDictionary(
            setting => setting.Key,
            setting => setting.Value,
            StringComparer.Ordinal
        );
        bool isLatched = running.Components.Any(component => component.IsLatched);
        foreach (ConfiguredSetting after in TopLevelSettings.Of(next, next.State, next.History, next.Secrets.Redact))
        {
            // A daemon of another version may not know the key.
            if (before.TryGetValue(after.Key, out string? old) && old != after.Value)
            {
                string effect =
                    TopLevelSettings.IsStateFile(after.Key) && isLatched
                        ? "; the reload is rejected while a component is latched"
                    : TopLevelSettings.NeedsRestart(after.Key) ? "; restart needed"
                    : "";
                yield return new([
                    new("~ ", Tone.Strong),
                    Cell.Escaped(after.Key, Tone.Strong),
                    ": ",
                    .. Replacement(old, after.Value),
                    effect,
                ]);
            }
        }
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
            Heading("+ ", Tone.Ok, component.Name, "added; starts anew"),
            .. component.Settings.Select(setting => Detail(setting.Key, null, setting.Value)),
            .. component.OnPost is { } post ? [Detail("on_post", null, post)] : Array.Empty<Line>(),
            .. component.ResponseDeadline is { } deadline
                ? [Detail("response_deadline", null, Units.Text(deadline))]
                : Array.Empty<Line>(),
            .. component.OnError is { } onError ? [Detail(FileKeys.OnError, null, onError)] : Array.Empty<Line>(),
            .. component.HasProbeHistogram
                ? [Detail(FileKeys.ProbeHistogram, null, Text(component.HasProbeHistogram))]
                : Array.Empty<Line>(),
        ];

    private static Line Removed(ConfiguredComponent component) =>
        Heading(
            "- ",
            Tone.Fail,
            component.Name,
            component.IsLatched ? "removed; latched: that is remembered for when it is added again" : "removed"
        );

    private static ImmutableArray<Line> Changed(ConfiguredComponent before, ConfiguredComponent after)
    {
        bool isOther = !string.Equals(before.Description, after.Description, StringComparison.Ordinal);
        ImmutableArray<Line> options =
        [
            .. isOther ? Differences(before.Settings, after.Settings) : [],
            .. Replaced("on_post", before.OnPost ?? None, after.OnPost ?? None),
            .. Replaced("response_deadline", Text(before.ResponseDeadline), Text(after.ResponseDeadline)),
            .. Replaced(FileKeys.OnError, before.OnError ?? PlainError, after.OnError ?? PlainError),
            .. Replaced(FileKeys.ProbeHistogram, Text(before.HasProbeHistogram), Text(after.HasProbeHistogram)),
        ];
        string how =
            !isOther ? "changed; keeps its state"
            : before.IsLatched ? "changed; latched: stays fail until it is reset"
            : $"changed; keeps serving {before.State.Word()} until there is new evidence";
        return options.IsEmpty && !isOther ? [] : [Heading("~ ", Tone.Strong, after.Name, how), .. options];
    }

    // In the order of the new description; what is gone comes last.
    private static IEnumerable<Line> Differences(
        ImmutableArray<ConfiguredSetting> before,
        ImmutableArray<ConfiguredSetting> after
    )
    {
        Dictionary<string, string> old = before.ToDictionary(
            setting => setting.Key,
            setting => setting.Value,
            StringComparer.Ordinal
        );
        foreach (ConfiguredSetting setting in after)
        {
            if (!old.Remove(setting.Key, out string? value))
            {
                yield return Detail(setting.Key, null, setting.Value);
            }
            else if (value != setting.Value)
            {
                yield return Detail(setting.Key, value, setting.Value);
            }
        }

        foreach (ConfiguredSetting setting in before.Where(setting => old.ContainsKey(setting.Key)))
        {
            yield return Detail(setting.Key, setting.Value, null);
        }
    }

    private static IEnumerable<Line> Replaced(string key, string before, string after) =>
        string.Equals(before, after, StringComparison.Ordinal) ? [] : [Detail(key, before, after)];

    private static string Text(TimeSpan? deadline) => deadline is { } time ? Units.Text(time) : None;

    private static string Text(bool isOn) => ComponentDescription.ProbeHistogramOption.Text(isOn);

    private static Line Heading(string mark, Tone tone, string name, string how) =>
        new(new(mark, tone), Cell.Escaped(name, Tone.Strong), $": {how}");

    // The kind of the task itself has no key.
    private static Line Detail(string key, string? before, string? after)
    {
        Cell name = Cell.Escaped($"{(key.Length > 0 ? key : "task")}: ");
        return (before, after) switch
        {
            (null, { } added) => new("    ", new("+ ", Tone.Ok), name, Cell.Escaped(added, Tone.Ok)),
            ({ } removed, null) => new("    ", new("- ", Tone.Fail), name, Cell.Escaped(removed, Tone.Fail)),
            ({ } removed, { } added) => new(["    ", "  ", name, .. Replacement(removed, added)]),
            _ => throw new ArgumentException("neither before nor after", nameof(before)),
        };
    }

    private static Cell[] Replacement(string before, string after)
    {
        (string old, string next) = WordDiff.Of(before, after);
        return [Cell.Escaped(old, Tone.Fail), " -> ", Cell.Escaped(next, Tone.Ok)];
    }
}
