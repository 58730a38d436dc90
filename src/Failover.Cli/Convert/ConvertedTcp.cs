using System.Text;

namespace Failover;

/// <summary>A TCP check: a connection, TLS over it, and what is sent and expected.</summary>
/// <param name="host">The target.</param>
/// <param name="port">Its port.</param>
internal sealed class ConvertedTcp(string host, string port)
{
    private readonly List<string> steps = [];

    /// <summary>Further options.</summary>
    public ConvertedMap Options { get; } = new();

    /// <summary>Options of TLS; where there are any, it is spoken.</summary>
    public ConvertedMap Tls { get; } = new();

    public bool IsTls { get; set; }

    /// <summary>What the server speaks; null: unknown.</summary>
    public string? Preset { get; set; }

    /// <summary>Whether TLS is asked for as the preset has it.</summary>
    public bool IsStartTls { get; set; }

    public string? Timeout { get; init; }

    public void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    public void Send(byte[] bytes) => steps.Add($"send {EscapedBytes.Text(bytes)}");

    /// <summary>Expects these bytes anywhere in what is received.</summary>
    public void Expect(byte[] bytes) => steps.Add($"expect {EscapedBytes.Text(bytes)}");

    /// <summary>Expects that all of what is received matches, which the pattern itself says by <c>\A</c> and <c>\z</c>.</summary>
    public void MatchWhole(string pattern) => steps.Add($"match {pattern}");

    /// <summary>Expects a match anywhere in what is received.</summary>
    /// <remarks>A step matches at the beginning of what the step before it left. An anchored pattern is for the beginning of an answer: as the
    /// first step it is taken as it is, later it matches at the beginning of a line.</remarks>
    public void Match(string pattern) =>
        steps.Add(
            steps.Count == 0 && pattern.StartsWith('^') && !pattern.Contains('|', StringComparison.Ordinal)
                ? $"match {pattern}"
                : $"match (?m)(?s:.*?){Grouped(pattern)}"
        );

    /// <summary>Expects a line with a match in it, and goes on behind that line.</summary>
    public void MatchLine(string pattern) => steps.Add($@"match (?m)(?s:.*?){Grouped(BeforeLineEnd(pattern))}.*\n");

    /// <summary>Sends a command of SMTP (RFC 5321, 4.2.1), and expects that it is accepted, in one line or more.</summary>
    public void Greet(string command)
    {
        Send($"{command}\r\n");
        steps.Add(@"match (?:2\d\d-.*\n)*2\d\d[ \r].*\n");
        Send("QUIT\r\n");
    }

    /// <summary>The check: that of a certificate where only that is asked for.</summary>
    public ConvertedMap Task()
    {
        ConvertedMap options = new ConvertedMap().Add("host", host).Add("port", port);
        bool isTls = IsTls || Tls.Lines.Count > 0;
        bool isTlsAlone =
            isTls
            && Preset is null
            && steps.Count == 0
            && Tls.Keys.Concat(Options.Keys).All(key => KindKeys.All["tls"].Find(key) is not null);
        if (!isTlsAlone)
        {
            options.AddIf("preset", Preset).AddIf("tls", isTls && !IsStartTls).AddIf("starttls", IsStartTls);
        }

        options.AddAll(Tls).AddIf("exchange", steps).AddAll(Options).AddIf("timeout", Timeout);
        return ConvertedTask.Check(isTlsAlone ? "tls" : "tcp", options);
    }

    private static string Grouped(string pattern) =>
        pattern.Contains('|', StringComparison.Ordinal) || pattern.Contains("(?", StringComparison.Ordinal)
            ? $"(?:{pattern})"
            : pattern;

    // Lines end with \r\n, of which other software sees nothing.
    private static string BeforeLineEnd(string pattern)
    {
        StringBuilder text = new();
        bool isInClass = false;
        for (int at = 0; at < pattern.Length; at++)
        {
            bool isVariable = at + 1 < pattern.Length && pattern[at + 1] is '{' or '$';
            switch (pattern[at])
            {
                case '\\' when at + 1 < pattern.Length:
                    text.Append(pattern[at++]);
                    break;
                case '[' or ']':
                    isInClass = pattern[at] == '[';
                    break;
                case '$' when !isInClass && !isVariable:
                    text.Append(@"\r?");
                    break;
                default:
                    break;
            }

            text.Append(pattern[at]);
        }

        return text.ToString();
    }
}
