using YamlDotNet.Core;

namespace Failover;

/// <summary>What the parser says about a text that is no YAML, as our own errors say it.</summary>
internal static class YamlFault
{
    public static string Problem(YamlException fault)
    {
        string message = Printable.Escape(fault.Message.TrimEnd('.'));
        return message.Contains("tab", StringComparison.Ordinal) ? "a tab in the indentation; accepted: spaces"
            : message.Length == 0 ? "this is no YAML"
            : $"this is no YAML: {char.ToLowerInvariant(message[0])}{message[1..]}";
    }

    /// <summary>Where the fault was met. For a tab the parser names the beginning of what it stands in: the tab itself is
    /// looked for from there.</summary>
    public static Position Position(string file, string text, YamlException fault)
    {
        Position start = new(file, (int)fault.Start.Line, (int)fault.Start.Column);
        if (!fault.Message.Contains("tab", StringComparison.Ordinal))
        {
            return start;
        }

        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            int content = line.IndexOfAnyExcept(' ', '\t');
            int tab = line[..Math.Max(content, 0)].IndexOf('\t');
            if (number >= start.Line && tab >= 0)
            {
                return new(file, number, tab + 1);
            }
        }

        return start;
    }
}
