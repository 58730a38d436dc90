using System.Text;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>Puts the values of <c>${env:NAME}</c> and <c>${file:PATH}</c> in their places.</summary>
/// <param name="environment">The environment's variables; null where one is not set.</param>
/// <param name="reader">Reads the files.</param>
/// <param name="errors">Takes what is wrong.</param>
internal sealed partial class Substitution(
    Func<string, string?> environment,
    FileReader reader,
    ConfigurationErrors errors
)
{
    // A password, a token, a key: what is larger was hardly meant.
    private const int LargestSecret = 64 * 1024;

    private const string Accepted = "${env:NAME}, ${file:PATH}, or $${ for ${ itself";

    // What is shown in the place of a password.
    public const string Concealed = "***";

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    private readonly Dictionary<string, SecretReading> files = new(StringComparer.Ordinal);

    private readonly HashSet<string> values = new(StringComparer.Ordinal);

    /// <summary>What was put in.</summary>
    public Secrets Secrets { get; } = new();

    /// <summary>The files that were read, also those that could not be.</summary>
    public IReadOnlyCollection<string> Files => files.Keys;

    /// <summary>How many values were read that rest on more than the text: on a variable, a file, a path, or that are secrets, which the
    /// configuration lists.</summary>
    public int Dependencies { get; private set; }

    /// <summary>Something else of that kind is asked for.</summary>
    public void AddDependency() => Dependencies++;

    /// <summary>Whether a message contains a substituted value, however short.</summary>
    public bool IsReported(string message) =>
        values.Any(value => value.Length > 0 && message.Contains(value, StringComparison.Ordinal));

    /// <summary>The text that is meant; null, and reported, where a value cannot be had.</summary>
    public SubstitutedText? Read(YamlText node)
    {
        if (!node.Text.Contains("${", StringComparison.Ordinal))
        {
            return new(node.Text, ShownAs: null, node.Position, IsSecret: false);
        }

        AddDependency();
        bool isGood = true;
        bool isSecret = false;
        string text = Reference()
            .Replace(
                node.Text,
                match =>
                {
                    if (match.Value == "$${")
                    {
                        return "${";
                    }

                    string? value = Find(match, node.Position);
                    isGood &= value is not null;
                    isSecret = true;
                    return value ?? "";
                }
            );
        string shown =
            !isSecret ? Printable.Quoted(text)
            : Reference().Match(node.Text).Length == node.Text.Length ? $"the value of {Printable.Escape(node.Text)}"
            : Printable.Quoted(node.Text);
        return isGood ? new(text, shown, node.Position, isSecret) : null;
    }

    /// <summary>A text that nothing shows, wherever it came from: a password that the file itself holds.</summary>
    public SubstitutedText Conceal(SubstitutedText given)
    {
        AddDependency();
        if (values.Add(given.Text))
        {
            Secrets.Add(given.Text, Concealed);
        }

        return given.IsSecret ? given : given with { ShownAs = "a text of another form", IsSecret = true };
    }

    private string? Find(Match match, Position at)
    {
        string name = match.Groups["name"].Value;
        string shown = Printable.Escape(match.Value);
        (string? value, string? flaw, string? accepted) = match.Groups["source"].Value switch
        {
            _ when !match.Value.EndsWith('}') => new SecretReading(null, "has no end", Accepted),
            "env" when VariableName().IsMatch(name) => environment(name) is { } set
                ? new(set, null)
                : new(null, "is not set"),
            "file" when name.Length > 0 => ReadFile(FilePath.Of(name, at.File)),
            _ => new(null, "is unknown", Accepted),
        };
        if (value is null)
        {
            errors.Add(at, $"{shown} {flaw}", accepted, Meant(match, flaw));
            return null;
        }

        if (values.Add(value))
        {
            Secrets.Add(value, shown);
        }

        return value;
    }

    private static string? Meant(Match match, string? flaw) =>
        flaw == "is unknown" && VariableName().IsMatch(match.Groups["name"].Value) && !match.Groups["source"].Success
            ? $"${{env:{match.Groups["name"].Value}}}"
            : null;

    private SecretReading ReadFile(string path)
    {
        if (!files.TryGetValue(path, out SecretReading known))
        {
            files[path] = known = Decode(reader.Read(path, LargestSecret));
        }

        return known;
    }

    private static SecretReading Decode(FileReading reading)
    {
        if (reading.Flaw is not null)
        {
            return new(null, reading.Flaw, reading.Accepted);
        }

        try
        {
            string text = Strict.GetString(reading.Bytes);
            // Editors and echo end a file with a newline, which no password does.
            int end =
                text.EndsWith("\r\n", StringComparison.Ordinal) ? 2
                : text.EndsWith('\n') ? 1
                : 0;
            return new(text[..^end], Flaw: null);
        }
        catch (DecoderFallbackException)
        {
            return new(null, "is no UTF-8");
        }
    }

    private readonly record struct SecretReading(string? Value, string? Flaw, string? Accepted = null);

    [GeneratedRegex(
        @"\$\$\{|\$\{(?:(?<source>[^:{}]*):)?(?<name>[^{}]*)\}?",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Reference();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariableName();
}
