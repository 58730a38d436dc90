using System.Text;

namespace Failover;

/// <summary>A place in a file.</summary>
/// <param name="File">As it was named.</param>
/// <param name="Line">From 1; 0: the file as a whole.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct Position(string File, int Line = 0, int Column = 0)
{
    public override string ToString() =>
        Line == 0 ? Printable.Escape(File) : $"{Printable.Escape(File)}:{Line}:{Column}";
}

/// <summary>One mistake in a configuration file.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Problem">What was got.</param>
/// <param name="Accepted">What is accepted.</param>
/// <param name="Nearest">What was most likely meant.</param>
internal sealed record ConfigurationError(
    Position Position,
    string Problem,
    string? Accepted = null,
    string? Nearest = null
)
{
    /// <summary>As people read it: one line, and up to two below it.</summary>
    public override string ToString()
    {
        StringBuilder text = new($"{Position}: {Problem}");
        if (Accepted is not null)
        {
            text.Append($"\n  accepted: {Accepted}");
        }

        if (Nearest is not null)
        {
            text.Append($"\n  did you mean {Printable.Quoted(Nearest)}?");
        }

        return text.ToString();
    }
}
