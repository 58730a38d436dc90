using System.Buffers;
using System.Text;

namespace Failover;

/// <summary>What a component may be called: it is the path that pollers ask for.</summary>
internal static class ComponentName
{
    public const string Accepted =
        "one or more segments joined by /, none of them empty, . or .., without control characters and not under -/";

    // Nearly all names are made of these, and none of these are wrong.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    );

    public static string Check(string? name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Flaw(name) is { } flaw
            ? throw new ArgumentException(
                $"name is {Printable.Quoted(name)}, {flaw}; accepted: {Accepted}",
                nameof(name)
            )
            : name;
    }

    /// <summary>What is wrong with a name, as the end of a sentence; null where nothing is.</summary>
    public static string? Flaw(string name) =>
        name switch
        {
            { Length: > 0 } when !name.AsSpan().ContainsAnyExcept(Plain) => null,
            "" => "which is empty",
            ['/', ..] => "with a leading slash",
            _ when name.Any(char.IsControl) => "with a control character",
            _ when name.EnumerateRunes().Contains(Rune.ReplacementChar) => "with a character that UTF-8 cannot carry",
            _ when name.Split('/').Any(segment => segment.Length == 0) => "with an empty segment",
            _ when name.Split('/').Any(segment => segment is "." or "..") => "with a . or .. segment",
            ['-', '/', ..] => "under -/, which is kept for the server's own pages",
            _ => null,
        };
}
