namespace Failover;

/// <summary>A component explained, for people: what <c>failover explain</c> shows.</summary>
internal static class ComponentText
{
    public static IEnumerable<Line> Lines(ComponentDocument component)
    {
        yield return new(
            Cell.Escaped(component.Name, Tone.Strong),
            ": ",
            Cell.Of(component.State, component.HasWarning),
            component.Since is { } since ? $" since {TimeText.Text(since)}" : "",
            Cell.Escaped(component.Reason.Length > 0 ? $", {component.Reason}" : "")
        );
        if (component is { Override: { } by, Beneath: { } beneath })
        {
            yield return Cells(
                "override: ",
                $"by {by.User} from {by.Source} since {TimeText.Text(by.Since)}, until {TimeText.Text(by.Until)}"
            );
            yield return WithoutIt(beneath);
        }

        if (component.Maintenance is { } maintenance)
        {
            yield return Cells("maintenance: ", maintenance.Text);
            if (maintenance.Beneath is { } judged)
            {
                yield return WithoutIt(judged);
            }
        }

        yield return Cells("POST: ", component.OnPost ?? "not allowed");
        if (component.Latch is { } latch)
        {
            yield return Cells("latch: ", latch);
        }

        if (component.ResponseDeadline is { } deadline)
        {
            yield return Cells("response deadline: ", Units.Text(deadline));
        }

        if (component.OnError is { } onError)
        {
            yield return Cells("on error: ", onError);
        }

        if (component.HandledError is { } error)
        {
            yield return Cells("state unknown: ", error);
        }

        yield return Line.Empty;
        foreach (Line line in TreeText.Lines(component.Tree))
        {
            yield return line;
        }
    }

    private static Line WithoutIt(BeneathDocument beneath) =>
        Cells("without it: ", $"{beneath.State.Word()}{(beneath.Reason.Length > 0 ? $", {beneath.Reason}" : "")}");

    private static Line Cells(string label, string text) => new(new(label, Tone.Faint), Cell.Escaped(text));
}
