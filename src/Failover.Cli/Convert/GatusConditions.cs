using System.Globalization;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>The conditions of an endpoint of Gatus: each is taken by the option that says the same, and the rest is lost.</summary>
internal sealed partial class GatusConditions
{
    // What a probe gives without its being asked for, where it is ok.
    private static readonly string[] Implied = ["[CONNECTED] == true", "[DNS_RCODE] == NOERROR"];

    private readonly List<Condition> rest = [];

    /// <param name="conditions">The conditions.</param>
    /// <param name="read">Reads their texts, with the variables in them.</param>
    public GatusConditions(IEnumerable<YamlText> conditions, Func<YamlText, string> read)
    {
        foreach (YamlText text in conditions.Where(text => !Implied.Contains(text.Text, StringComparer.Ordinal)))
        {
            Match match = Form().Match(read(text));
            rest.Add(
                new(
                    text.Position.Line,
                    text.Text,
                    match.Groups["left"].Value,
                    match.Groups["operator"].Value,
                    match.Groups["right"].Value
                )
            );
        }
    }

    /// <summary>Those that nothing took.</summary>
    public IEnumerable<(int Line, string Text)> Rest => rest.Select(condition => (condition.Line, condition.Text));

    /// <summary>Which status codes are right: all of them where no condition is about them.</summary>
    public Func<int, bool> Status()
    {
        List<Func<int, bool>> all = [];
        TakeAll("[STATUS]", condition => Codes(condition) is { } codes && Add(all, codes));
        return code => all.TrueForAll(one => one(code));
    }

    /// <summary>Adds the longest time that a probe may take.</summary>
    public void AddLatency(ConvertedMap options)
    {
        List<int> limits = [];
        TakeAll(
            "[RESPONSE_TIME]",
            condition => condition.Operator is "<" or "<=" && Number(condition.Right) is { } limit && Add(limits, limit)
        );
        if (limits.Count > 0)
        {
            options.Add("latency", ConvertedTask.Duration(TimeSpan.FromMilliseconds(limits.Min())));
        }
    }

    /// <summary>How long a certificate has to be valid; null where that is not asked.</summary>
    public string? CertificateLeft()
    {
        List<string> left = [];
        TakeAll(
            "[CERTIFICATE_EXPIRATION]",
            condition =>
                left.Count == 0
                && condition.Operator is ">" or ">="
                && ConvertedTask.Duration(condition.Right) is { } duration
                && Add(left, duration)
        );
        return left.FirstOrDefault();
    }

    /// <summary>Adds what a body has to be like: whole, by a pattern, or by values in its JSON.</summary>
    public void AddBody(ConvertedMap options)
    {
        ConvertedMap json = new();
        string? contains = null;
        string? matches = null;
        foreach (Condition condition in rest.Where(condition => condition.Operator == "==").ToArray())
        {
            if (condition.Left == "[BODY]")
            {
                if (contains is null && Inner().Match(condition.Right) is { Success: true } inner)
                {
                    contains = inner.Groups["text"].Value;
                }
                else if (matches is null)
                {
                    matches = Whole(condition.Right);
                }
                else
                {
                    continue;
                }
            }
            else if (PointerOf(condition.Left) is { } pointer && !IsFunction(condition.Right) && json[pointer] is null)
            {
                json.Add(pointer, condition.Right);
            }
            else
            {
                continue;
            }

            rest.Remove(condition);
        }

        options.AddIf("body_contains", contains).AddIf("body_matches", matches).AddIf("json_equals", json);
    }

    /// <summary>A regular expression for the whole of a body; null where none is asked.</summary>
    public string? BodyText()
    {
        Condition? condition = rest.Find(condition => condition is { Left: "[BODY]", Operator: "==" });
        return condition is not null && rest.Remove(condition) ? Whole(condition.Right) : null;
    }

    /// <summary>Takes the condition that a gRPC service serves, which the check is about.</summary>
    public void IsServing() => rest.RemoveAll(condition => condition.Text == "[BODY].status == SERVING");

    /// <summary>Adds the expected answers and the response code of a DNS query.</summary>
    /// <param name="options">Takes them.</param>
    /// <param name="type">The type of the records. Of an MX record Gatus shows the name alone, which is no answer here.</param>
    public void AddAnswers(ConvertedMap options, string type)
    {
        List<string> answers = [];
        TakeAll(
            "[BODY]",
            condition =>
                condition.Operator == "=="
                && !IsFunction(condition.Right)
                && Enum.TryParse(type, ignoreCase: true, out DnsRecordType known)
                && DnsRecordValue.FlawOf(known, condition.Right) is null
                && Add(answers, condition.Right)
        );
        TakeAll("len([BODY])", condition => condition is { Operator: ">", Right: "0" });
        string? code = null;
        TakeAll(
            "[DNS_RCODE]",
            condition =>
            {
                code ??= condition.Operator == "==" ? condition.Right : null;
                return code == condition.Right;
            }
        );
        options.AddIf("expect", answers).AddIf("rcode", code);
    }

    private void TakeAll(string left, Func<Condition, bool> take) =>
        rest.RemoveAll(condition => condition.Left == left && take(condition));

    private static bool Add<T>(List<T> list, T item)
    {
        list.Add(item);
        return true;
    }

    private static Func<int, bool>? Codes(Condition condition)
    {
        if (condition.Right.StartsWith("any(", StringComparison.Ordinal))
        {
            int?[] codes = [.. condition.Right["any(".Length..].TrimEnd(')').Split(',').Select(Number)];
            return codes.Contains(null) || condition.Operator is not ("==" or "!=")
                ? null
                : code => codes.Contains(code) == (condition.Operator == "==");
        }

        if (Number(condition.Right) is not { } limit)
        {
            return null;
        }

        return condition.Operator switch
        {
            "==" => code => code == limit,
            "!=" => code => code != limit,
            "<" => code => code < limit,
            "<=" => code => code <= limit,
            ">" => code => code > limit,
            ">=" => code => code >= limit,
            _ => null,
        };
    }

    private static int? Number(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    // [BODY].data[0].id: a JSON pointer has no brackets.
    private static string? PointerOf(string left) =>
        Path().Match(left) is { Success: true } path
            ? path.Groups["path"]
                .Value.Replace("[", ".", StringComparison.Ordinal)
                .Replace("]", "", StringComparison.Ordinal)
                .Replace("~", "~0", StringComparison.Ordinal)
                .Replace("/", "~1", StringComparison.Ordinal)
                .Replace('.', '/')
            : null;

    private static bool IsFunction(string right) =>
        right.StartsWith("pat(", StringComparison.Ordinal)
        || right.StartsWith("any(", StringComparison.Ordinal)
        || right.StartsWith('[');

    // Gatus compares the body without the space around it. In a pattern, * is any text and ? any character.
    private static string Whole(string right)
    {
        string[] choices = right switch
        {
            _ when right.StartsWith("any(", StringComparison.Ordinal) && right.EndsWith(')') => right[4..^1].Split(','),
            _ => [right],
        };
        string all = string.Join('|', choices.Select(choice => OfPattern(choice.Trim())));
        return choices.Length > 1 ? $@"(?s)\A\s*(?:{all})\s*\z" : $@"(?s)\A\s*{all}\s*\z";
    }

    private static string OfPattern(string text) =>
        text.StartsWith("pat(", StringComparison.Ordinal) && text.EndsWith(')')
            ? ConvertedText
                .Pattern(text[4..^1])
                .Replace(@"\*", ".*", StringComparison.Ordinal)
                .Replace(@"\?", ".", StringComparison.Ordinal)
            : ConvertedText.Pattern(text);

    private sealed record Condition(int Line, string Text, string Left, string Operator, string Right);

    [GeneratedRegex(
        @"^\s*(?<left>.+?)\s*(?<operator>==|!=|<=|>=|<|>)\s*(?<right>.*?)\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        1000
    )]
    private static partial Regex Form();

    [GeneratedRegex(@"^\[BODY\](?<path>(?:\.[^.\[\]()]+|\[\d+\])+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Path();

    // pat(*text*)
    [GeneratedRegex(@"^pat\(\*(?<text>[^*?\[\\/]+)\*\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Inner();
}
