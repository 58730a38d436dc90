using System.Text.Json;

namespace Failover;

/// <summary>What an answer has to be like.</summary>
/// <param name="Status">The status codes that are right.</param>
/// <param name="Headers">The patterns that headers have to match, by their names.</param>
/// <param name="Contains">What the body has to hold; null: not asked.</param>
/// <param name="Matches">What the body has to match; null: not asked.</param>
/// <param name="Json">The values that have to stand in the body, by their pointers.</param>
internal sealed record HttpExpectation(
    ValueList<StatusRange> Status,
    ValueList<KeyValuePair<string, TextPattern>> Headers,
    string? Contains,
    TextPattern? Matches,
    ValueList<KeyValuePair<string, string>> Json
)
{
    private const int DeepestJson = 64;

    // About a millisecond: an automaton that is in all of its states at once takes some 10 ns for each at each character.
    private const long MostSteps = 64 * 1024;

    // Texts are compared so many characters at a time.
    private const int Comparison = 16;

    /// <summary>Why an answer is not right; null where it is.</summary>
    public string? FlawOf(HttpAnswer answer) =>
        !IsRight(answer.Status)
            ? $"status {answer.Status}"
            : HeaderFlaw(answer) ?? (IsBodyAsked ? BodyFlaw(answer) : null);

    /// <summary>Whether that takes no longer than a thread that others wait for can give it: not a large body, nor a long pattern.</summary>
    public bool IsQuick(HttpAnswer answer)
    {
        long steps = 0;
        foreach ((string name, TextPattern pattern) in Headers)
        {
            steps += Steps(pattern, answer[name]?.Length ?? 0);
        }

        if (IsBodyAsked)
        {
            int length = answer.Body.Length;
            steps += (long)length * (1 + ((Contains?.Length ?? 0) / Comparison) + Json.Count);
            steps += Matches is null ? 0 : Steps(Matches, length);
        }

        return steps <= MostSteps;
    }

    private static long Steps(TextPattern pattern, int length) => pattern.MostStates * (long)length;

    private bool IsBodyAsked => Contains is not null || Matches is not null || Json.Count > 0;

    /// <summary>Whether a status is right.</summary>
    public bool IsRight(int status)
    {
        foreach (StatusRange range in Status)
        {
            if (range.Contains(status))
            {
                return true;
            }
        }

        return false;
    }

    private string? HeaderFlaw(HttpAnswer answer)
    {
        foreach ((string name, TextPattern pattern) in Headers)
        {
            if (answer[name] is not { } value)
            {
                return $"header {name} is missing";
            }

            if (!pattern.IsMatch(value))
            {
                return $"header {name} is {Printable.Excerpt(value)}, which does not match {Printable.Excerpt(pattern.Text)}";
            }
        }

        return null;
    }

    private string? BodyFlaw(HttpAnswer answer)
    {
        if (answer["Content-Encoding"] is { } coding && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return $"body is compressed ({Printable.Escape(coding, Printable.LongestExcerpt)}), which was not asked for";
        }

        string part = answer.IsCut ? $"first {HttpAnswer.LargestBody / 1024} KiB of body" : "body";
        string text = answer.Text;
        return Contains is not null && !text.Contains(Contains, StringComparison.Ordinal)
                ? $"{part} lacks {Printable.Excerpt(Contains)}"
            : Matches?.IsMatch(text) == false ? $"{part} does not match {Printable.Excerpt(Matches.Text)}"
            : Json.Count > 0 ? JsonFlaw(answer)
            : null;
    }

    private string? JsonFlaw(HttpAnswer answer)
    {
        if (answer.IsCut)
        {
            return $"body is larger than {HttpAnswer.LargestBody / 1024} KiB, and no JSON that is read";
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(answer.Body, new() { MaxDepth = DeepestJson });
            return Json.Select(asked => ValueFlaw(document.RootElement, asked.Key, asked.Value))
                .FirstOrDefault(flaw => flaw is not null);
        }
        catch (JsonException)
        {
            return "body is no JSON";
        }
    }

    private static string? ValueFlaw(JsonElement root, string pointer, string expected)
    {
        try
        {
            return JsonPointer.Find(root, pointer) is not { } found ? $"JSON lacks {Printable.Excerpt(pointer)}"
                : JsonPointer.Text(found) is var value && value != expected
                    ? $"JSON has {Printable.Excerpt(value)} at {Printable.Excerpt(pointer)}, not {Printable.Excerpt(expected)}"
                : null;
        }
        // How the parser says it, which leaves texts alone until they are read: invalid UTF-8, or half a surrogate pair.
        catch (InvalidOperationException)
        {
            return $"JSON is no valid Unicode on the way to {Printable.Excerpt(pointer)}";
        }
    }
}
