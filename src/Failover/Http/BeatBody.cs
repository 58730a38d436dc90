using System.Text;

namespace Failover;

/// <summary>What the body of a beat says: nothing, which is ok, or a state and a text, as <c>fail disk full</c>.</summary>
internal static class BeatBody
{
    private const string Accepted = "nothing, or ok, warning, fail or error, and a text after it";

    // It is shown in one line. Pages and logs cut it anyway.
    private const int LongestText = 500;

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Reads the first line; the rest is ignored, as is that of a plugin's output.</summary>
    /// <param name="body">The body.</param>
    /// <param name="beat">What it says; of no meaning where it says nothing that is accepted.</param>
    /// <param name="flaw">What is wrong with it, and what is accepted; empty where nothing is.</param>
    public static bool TryParse(byte[] body, out Observation beat, out string flaw)
    {
        beat = Observation.Ok("reported ok");
        flaw = "";
        string line;
        try
        {
            line = Strict.GetString(body).TrimStart().Split('\n')[0].TrimEnd();
        }
        catch (DecoderFallbackException)
        {
            flaw = $"the body is no UTF-8; accepted: {Accepted}";
            return false;
        }

        if (line.Length == 0)
        {
            return true;
        }

        string[] parts = line.Split((char[]?)null, 2);
        string text = parts.Length > 1 ? Shortened(parts[1].Trim()) : "";
        string reason = text.Length > 0 ? text : $"reported {parts[0].ToLowerInvariant()}";
        Observation? said = parts[0].ToUpperInvariant() switch
        {
            "OK" => Observation.Ok(reason),
            "WARNING" => Observation.OkWithWarning(reason),
            "FAIL" => Observation.Fail(reason),
            "ERROR" => Observation.Error(reason),
            _ => null,
        };
        beat = said ?? beat;
        flaw = said is null
            ? $"the body begins with {Printable.Quoted(Shortened(parts[0]))}; accepted: {Accepted}"
            : "";
        return said is not null;
    }

    // Not within a character that takes two.
    private static string Shortened(string text) =>
        text.Length <= LongestText ? text
        : char.IsHighSurrogate(text[LongestText - 1]) ? text[..(LongestText - 1)]
        : text[..LongestText];
}
