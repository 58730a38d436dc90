namespace Failover.Simulation;

/// <summary>A deliberate fault of the machine: a piece of its source, and what takes its place.</summary>
/// <param name="Name">What it gets wrong.</param>
/// <param name="File">The source file, below <c>src/Failover.Core</c>.</param>
/// <param name="Right">An expression or statement that stands there exactly once.</param>
/// <param name="Wrong">What is done in its place.</param>
/// <param name="IsStatement">Whether it is a statement; else an expression.</param>
/// <param name="FirstSeed">Where the search for a history that finds it begins. From 1 the rare ones take a thousand and more, so theirs is shortly
/// before the first that does; where histories have changed since, the search takes longer.</param>
public sealed record Mutant(
    string Name,
    string File,
    string Right,
    string Wrong,
    bool IsStatement = false,
    int FirstSeed = 1
)
{
    public override string ToString() => Name;

    /// <summary>The source with both, chosen by a number at run time.</summary>
    public string Weave(string source, int number)
    {
        int at = source.IndexOf(Right, StringComparison.Ordinal);
        if (at < 0 || source.IndexOf(Right, at + 1, StringComparison.Ordinal) >= 0)
        {
            throw new InvalidOperationException($"{File} has to hold exactly once:\n{Right}");
        }

        string woven = IsStatement
            ? $"if (global::Failover.MutantInForce.Number == {number}) {{ {Wrong} }} else {{ {Right} }}"
            : $"(global::Failover.MutantInForce.Number == {number} ? ({Wrong}) : ({Right}))";
        return source[..at] + woven + source[(at + Right.Length)..];
    }
}
