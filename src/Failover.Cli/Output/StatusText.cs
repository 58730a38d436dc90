using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>How the daemon and its components are, for people: what <c>failover status</c> shows.</summary>
internal static class StatusText
{
    private const int MostNames = 5;

    /// <summary>What is to be said of the daemon: about itself in two lines, and about each thing that is wrong.</summary>
    public static IEnumerable<Line> Lines(StatusDocument status)
    {
        ConfigurationStatus configuration = status.Configuration;
        yield return new(
            new("failover", Tone.Strong),
            Cell.Escaped($" {status.Version}, up {ExplanationText.Rounded(status.Uptime)}")
        );
        yield return Labelled(
            "configuration",
            $"{configuration.File}, loaded {TimeText.Text(configuration.LoadedAt)}",
            Tone.Plain
        );
        // An error of a file has lines of its own, one for each mistake and more.
        foreach (string line in configuration.Error?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            yield return Labelled("not reloaded", line, Tone.Error);
        }

        foreach (string pending in configuration.Pending)
        {
            yield return Labelled("needs a restart", pending, Tone.Error);
        }

        yield return Labelled("state", status.StateStore.File ?? status.StateStore.Kind, Tone.Plain);
        if (status.StateStore.Problem is { } problem)
        {
            yield return Labelled("state", problem, Tone.Error);
        }

        if (status.History?.Problem is { } missed)
        {
            yield return Labelled("history", missed, Tone.Error);
        }

        foreach (GuardStatus guard in status.Guards?.Where(guard => guard.IsTripped) ?? [])
        {
            DateTimeOffset now = status.StartedAt + status.Uptime;
            string failing = string.Create(
                CultureInfo.InvariantCulture,
                $"tripped: {guard.Failing} of {guard.Members} components fail, and at most {guard.MostFailing} may"
            );
            string delay = guard.DelaysUntil is { } until
                ? $"moves to fail are delayed for another {TimeText.Ago(now, until)}"
                : "moves to fail are not delayed any longer";
            yield return Labelled($"guard {guard.Name}", $"{failing}; {delay}", Tone.Error);
        }

        foreach (NotificationRouteStatus route in status.Notifications?.Where(HasProblem) ?? [])
        {
            yield return Labelled($"notifications on {Printable.Escape(route.Name)}", Text(route), Tone.Error);
        }

        foreach (ComponentStatus component in status.Components.Where(one => one.Override is not null))
        {
            DateTimeOffset now = status.StartedAt + status.Uptime;
            OverrideDocument by = component.Override!;
            yield return Labelled(
                $"override of {Printable.Escape(component.Name)}",
                $"{component.State.Word()} for another {TimeText.Ago(now, by.Until)}, and {component.Beneath?.State.Word()} without it",
                component.Beneath?.State == component.State ? Tone.Plain : Tone.Error
            );
        }

        foreach ((string names, string what) in Grouped(status, component => component.Maintenance?.Text))
        {
            yield return Labelled($"maintenance of {names}", what, Tone.Strong);
        }

        foreach ((string names, string why) in Grouped(status, component => component.PostProblem))
        {
            yield return Labelled($"POST of {names}", $"503: {why}", Tone.Error);
        }

        foreach ((string names, string why) in Grouped(status, component => component.LatchProblem))
        {
            yield return Labelled($"latch of {names}", why, Tone.Error);
        }
    }

    // One problem that many have is reported once.
    private static IEnumerable<(string Names, string Problem)> Grouped(
        StatusDocument status,
        Func<ComponentStatus, string?> problemOf
    )
    {
        foreach (
            IGrouping<string?, ComponentStatus> alike in status
                .Components.Where(component => problemOf(component) is not null)
                .GroupBy(problemOf, StringComparer.Ordinal)
        )
        {
            string names = string.Join(", ", alike.Take(MostNames).Select(component => component.Name));
            string more = alike.Count() > MostNames ? $" and {alike.Count() - MostNames} more" : "";
            yield return ($"{Printable.Escape(names)}{more}", alike.Key!);
        }
    }

    /// <summary>A row for each component.</summary>
    public static Grid Table(StatusDocument status)
    {
        // The other machine's own time: its clock may differ from the one here.
        DateTimeOffset now = status.StartedAt + status.Uptime;
        return new(
            ["NAME", "STATE", "SINCE", "LAST PROBE", "NEXT", "LATCH", "REASON"],
            [.. status.Components.Select(component => Row(component, now))]
        );
    }

    private static ImmutableArray<Cell> Row(ComponentStatus component, DateTimeOffset now) =>
        [
            Cell.Escaped(component.Name, Tone.Strong),
            Cell.Of(component.State, component.HasWarning),
            component.Since is { } since ? $"{TimeText.Ago(since, now)} ago" : "",
            component.LastProbe is { } last ? $"{TimeText.Ago(last, now)} ago" : "never",
            component.NextProbe is { } next ? (next > now ? $"in {TimeText.Ago(now, next)}" : "now") : "on request",
            Latch(component),
            Cell.Escaped(component.Reason),
        ];

    private static string Latch(ComponentStatus component) =>
        component switch
        {
            { CanReset: true, FreshState: HealthState.Ok } => "check ok again, can be reset",
            { CanReset: true } => "can be reset",
            { IsLatched: true, FreshState: HealthState.Ok } => "latched, check ok again",
            { IsLatched: true } => "latched",
            _ => "",
        };

    private static bool HasProblem(NotificationRouteStatus route) => route.Problem is not null || route.GivenUp > 0;

    private static string Text(NotificationRouteStatus route)
    {
        string problem = route.Problem is { } why ? $"not taken: {why}" : "";
        string givenUp =
            route.GivenUp > 0
                ? FormattableString.Invariant($"{route.GivenUp} given up: failover notify resend {route.Name}")
                : "";
        return string.Join("; ", new[] { problem, givenUp }.Where(text => text.Length > 0));
    }

    private static Line Labelled(string label, string text, Tone tone) =>
        new(new($"{label}: ", Tone.Faint), Cell.Escaped(text, tone));
}
