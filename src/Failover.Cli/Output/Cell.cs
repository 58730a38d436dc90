using System.Collections.Immutable;

namespace Failover;

/// <summary>How a piece of text is meant: a terminal gives it a colour, plain text nothing.</summary>
internal enum Tone
{
    Plain,
    Strong,
    Faint,
    Ok,
    Fail,
    Error,
}

/// <summary>A piece of a line, or one field of a table. What comes from outside has been escaped.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);

    /// <summary>A text that may hold anything. It is not cut: what differs between two may come late in them.</summary>
    public static Cell Escaped(string text, Tone tone = Tone.Plain) => new(Printable.Escape(text, int.MaxValue), tone);

    /// <summary>A state in its colour.</summary>
    /// <param name="state">The state.</param>
    /// <param name="hasWarning">Whether it is ok by an observation with a warning.</param>
    public static Cell Of(HealthState state, bool hasWarning = false) =>
        new(
            hasWarning ? $"{state.Word()} (warning)" : state.Word(),
            state switch
            {
                HealthState.Ok => hasWarning ? Tone.Error : Tone.Ok,
                HealthState.Fail => Tone.Fail,
                HealthState.Error => Tone.Error,
                _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no such state"),
            }
        );
}

/// <summary>A line of text; an empty one without pieces.</summary>
internal readonly record struct Line(params ImmutableArray<Cell> Cells)
{
    public static implicit operator Line(string text) => new([text]);

    public static Line Empty { get; } = new([]);

    public string Text => string.Concat(Cells.Select(cell => cell.Text));
}
