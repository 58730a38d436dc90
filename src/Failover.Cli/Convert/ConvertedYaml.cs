using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>Writes a failover.yaml: in one line what fits, without quotes what needs none.</summary>
internal static partial class ConvertedYaml
{
    private const int LongestLine = 110;
    private const string Step = "  ";

    public static string Of(ConvertedMap file)
    {
        StringBuilder yaml = new();
        bool wasEntry = false;
        foreach (ConvertedLine line in file.Lines)
        {
            bool isBlock = line.Value is ConvertedMap { IsBlock: true };
            if (yaml.Length > 0 && (isBlock || (wasEntry && line.Key is null)))
            {
                yaml.Append('\n');
            }

            wasEntry = line.Key is not null;
            Append(yaml, line, "");
        }

        return yaml.ToString();
    }

    private static void Append(StringBuilder yaml, ConvertedLine line, string indent)
    {
        if (line.Value is null)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"{indent}# {Printable.Escape(line.Remark)}\n");
            return;
        }

        yaml.Append(CultureInfo.InvariantCulture, $"{indent}{Quoted(line.Key!, isInFlow: false)}:");
        AppendValue(yaml, line.Value, indent, room: LongestLine - indent.Length - line.Key!.Length - 2);
    }

    private static void AppendValue(StringBuilder yaml, ConvertedValue value, string indent, int room)
    {
        if (value is ConvertedText text)
        {
            yaml.Append(CultureInfo.InvariantCulture, $" {Quoted(text.Text, isInFlow: false)}\n");
        }
        else if (InOneLine(value) is { } flow && flow.Length <= room)
        {
            yaml.Append(CultureInfo.InvariantCulture, $" {flow}\n");
        }
        else
        {
            yaml.Append('\n');
            AppendBlock(yaml, value, indent + Step);
        }
    }

    private static void AppendBlock(StringBuilder yaml, ConvertedValue value, string indent)
    {
        switch (value)
        {
            case ConvertedMap map:
                foreach (ConvertedLine line in map.Lines)
                {
                    Append(yaml, line, indent);
                }

                break;
            case ConvertedList list:
                foreach (ConvertedValue item in list.Items)
                {
                    AppendItem(yaml, item, indent);
                }

                break;
            default:
                throw new ArgumentException($"no block: {value}", nameof(value));
        }
    }

    private static void AppendItem(StringBuilder yaml, ConvertedValue item, string indent)
    {
        if (item is ConvertedText || InOneLine(item)?.Length <= LongestLine - indent.Length - Step.Length)
        {
            yaml.Append(indent).Append('-');
            AppendValue(yaml, item, indent, LongestLine);
            return;
        }

        // A block whose first line stands behind the dash.
        StringBuilder block = new();
        AppendBlock(block, item, indent + Step);
        block[indent.Length] = '-';
        yaml.Append(block);
    }

    private static string? InOneLine(ConvertedValue value) =>
        value switch
        {
            ConvertedText text => Quoted(text.Text, isInFlow: true),
            ConvertedMap { Lines.Count: 0 } => "{}",
            _ when value.HasRemarks => null,
            ConvertedMap { IsBlock: true } => null,
            ConvertedMap map => Join(
                '{',
                map.Lines.Select(line =>
                    InOneLine(line.Value!) is { } one ? $"{Quoted(line.Key!, isInFlow: true)}: {one}" : null
                ),
                '}'
            ),
            ConvertedList list => Join('[', list.Items.Select(InOneLine), ']'),
            _ => throw new ArgumentException($"no such value: {value}", nameof(value)),
        };

    private static string? Join(char first, IEnumerable<string?> parts, char last)
    {
        string?[] all = [.. parts];
        return all.Contains(null) ? null : $"{first}{string.Join(", ", all)}{last}";
    }

    private static string Quoted(string text, bool isInFlow) =>
        text is not ("null" or "~")
        && Plain().IsMatch(text)
        && !text.Contains(": ", StringComparison.Ordinal)
        && !text.Contains(" #", StringComparison.Ordinal)
        && !(isInFlow && text.AsSpan().IndexOfAny("{}[],") >= 0)
            ? text
            : YamlScalar.Quoted(text);

    // Begins with a letter, a digit, a slash, a dot or a dollar, and does not end with a colon or a space.
    [GeneratedRegex(
        @"\A[\p{L}\p{N}_/.$](?:[\p{L}\p{N}_/.$%&'()*+,;<=>?@^~|!#:{}\[\]\\ -]*[\p{L}\p{N}_/.$%&'()*+,;<=>?@^~|!#{}\[\]\\-])?\z",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Plain();
}
