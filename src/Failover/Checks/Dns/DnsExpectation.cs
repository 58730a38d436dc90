namespace Failover;

/// <summary>What an answer has to be.</summary>
/// <param name="Type">The type of the records.</param>
/// <param name="Values">Those that are expected; null: any.</param>
/// <param name="Match">How the answers have to agree with them.</param>
/// <param name="Count">How many answers there have to be at least; null: 1 where the code is NOERROR.</param>
/// <param name="Code">The response code.</param>
internal sealed record DnsExpectation(
    DnsRecordType Type,
    ValueList<string>? Values,
    DnsMatch Match,
    int? Count,
    DnsResponseCode Code
)
{
    private const int MostShown = 3;
    private const int LongestShown = 100;

    /// <summary>Refuses an expected value that no record of the type has.</summary>
    public void Check(string argument)
    {
        foreach (string value in Values ?? new([]))
        {
            if (DnsRecordValue.FlawOf(Type, value) is { } form)
            {
                throw new ArgumentException(
                    $"{argument} is a list with {Printable.Quoted(value)}, which no {DnsCheck.WordOf(Type)} record has; accepted: {form}",
                    argument
                );
            }
        }
    }

    /// <summary>What is wrong with an answer; null where nothing is.</summary>
    public string? FlawOf(DnsAnswer answer)
    {
        if (answer.Code != Code)
        {
            return Code == DnsResponseCode.NoError
                ? DnsCheck.WordOf(answer.Code)
                : $"{DnsCheck.WordOf(answer.Code)}, not {DnsCheck.WordOf(Code)}";
        }

        int least = Count ?? (Code == DnsResponseCode.NoError ? 1 : 0);
        if (answer.Values.Count < least)
        {
            return answer.Values.Count == 0
                ? "no record"
                : $"{answer.Values.Count} of at least {least} records ({ListOf(answer.Values)})";
        }

        return Values is null ? null : FlawOf(Values, answer.Values);
    }

    /// <summary>An answer for people.</summary>
    public static string TextOf(DnsAnswer answer) =>
        answer.Values.Count > 0 ? ListOf(answer.Values) : DnsCheck.WordOf(answer.Code);

    private string? FlawOf(IReadOnlyList<string> values, IReadOnlyList<string> answers)
    {
        string[] expected = [.. values.Select(value => DnsRecordValue.Normal(Type, value))];
        string[] got = [.. answers.Select(value => DnsRecordValue.Normal(Type, value))];
        string[] lacking = [.. expected.Except(got, StringComparer.Ordinal)];
        string[] others = [.. got.Except(expected, StringComparer.Ordinal)];
        string has = answers.Count == 0 ? "no record" : ListOf(answers);
        return Match switch
        {
            DnsMatch.All => lacking.Length > 0 ? $"lacks {ListOf(lacking)}, has {has}" : null,
            DnsMatch.Any => lacking.Length == expected.Length ? $"has none of {ListOf(lacking)}, has {has}" : null,
            DnsMatch.Exactly => lacking.Length > 0 ? $"lacks {ListOf(lacking)}, has {has}"
            : others.Length > 0 ? $"has {ListOf(others)}, which is not expected"
            : null,
            _ => throw new InvalidOperationException($"no such match: {Match}"),
        };
    }

    private static string ListOf(IReadOnlyList<string> values)
    {
        string shown = string.Join(", ", values.Take(MostShown).Select(value => Printable.Escape(value, LongestShown)));
        return values.Count > MostShown ? $"{shown} and {values.Count - MostShown} more" : shown;
    }
}
