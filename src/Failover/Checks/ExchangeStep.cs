namespace Failover;

/// <summary>One step of an exchange over a connection: <c>send TEXT</c>, <c>expect TEXT</c> or <c>match REGEX</c>.</summary>
/// <remarks>
/// <c>expect</c> waits until what has been received holds the text, and goes on behind it. <c>match</c> waits until the regular expression matches
/// at the beginning of what has been received, a character for each byte, and goes on behind the match. In the text of <c>send</c> and
/// <c>expect</c>, <c>\r</c>, <c>\n</c>, <c>\t</c>, <c>\0</c>, <c>\\</c> and <c>\xHH</c> stand for bytes; other characters are sent in UTF-8.
/// Steps of the same bytes are equal, however they were written.
/// </remarks>
public sealed record ExchangeStep
{
    private readonly string text;

    private ExchangeStep(string text) => this.text = text;

    /// <summary>What is sent or expected; null for a regular expression.</summary>
    internal ReadOnlyMemory<byte>? Bytes { get; private init; }

    /// <summary>What has to match; null for a text.</summary>
    internal TextPattern? Pattern { get; private init; }

    internal bool IsSend { get; private init; }

    /// <summary>What is wrong with it, as the end of a sentence that names it; null where nothing is.</summary>
    internal string? Flaw { get; private init; }

    /// <summary>The step that a text says. Whoever takes it says whether it is one.</summary>
    public static implicit operator ExchangeStep(string? text) =>
        (text ?? "").Split(' ', 2) is not [var verb, { Length: > 0 } rest] ? Wrong(text ?? "", "")
        : verb is "send" or "expect" ? OfBytes(text!, verb, rest)
        : verb is "match" ? OfPattern(text!, rest)
        : Wrong(text!, "");

    /// <inheritdoc/>
    public bool Equals(ExchangeStep? other) => other?.text == text;

    /// <inheritdoc/>
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The step as text, in one line.</summary>
    public override string ToString() => text;

    private static ExchangeStep OfBytes(string text, string verb, string rest) =>
        EscapedBytes.Parse(rest) is { } bytes
            ? new($"{verb} {EscapedBytes.Text(bytes)}") { Bytes = bytes, IsSend = verb == "send" }
            : Wrong(text, @"which has a \ that is none of the escapes");

    private static ExchangeStep OfPattern(string text, string pattern) =>
        !System.Text.Ascii.IsValid(pattern)
            ? Wrong(text, @"whose regular expression is not ASCII; a byte is \xHH there")
        : TextPattern.FlawOf(pattern) is { } flaw ? Wrong(text, flaw)
        : new(text) { Pattern = new(pattern) };

    private static ExchangeStep Wrong(string text, string flaw) => new(text) { Flaw = flaw };
}
