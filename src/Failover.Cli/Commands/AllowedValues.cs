using System.CommandLine.Parsing;

namespace Failover;

/// <summary>Arguments and options that take one of a few words.</summary>
internal static class AllowedValues
{
    /// <summary>Refuses any other, as a file's words are refused.</summary>
    public static Action<SymbolResult> Only(string what, IReadOnlyCollection<string> accepted) =>
        result =>
        {
            foreach (
                Token token in result.Tokens.Where(token => !accepted.Contains(token.Value, StringComparer.Ordinal))
            )
            {
                string meant = Spelling.Nearest(token.Value, accepted) is { } word
                    ? $"\n  did you mean \"{word}\"?"
                    : "";
                result.AddError(
                    $"{what} is {Printable.Quoted(token.Value)}\n  accepted: {string.Join(", ", accepted)}{meant}"
                );
            }
        };
}
