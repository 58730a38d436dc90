using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Failover;

/// <summary>A text with places for what a message says: <c>{{component}} is {{state}}</c>. Of several notifications in one message, it has the
/// most urgent one; <c>title</c>, <c>text</c> and <c>count</c> are of all.</summary>
internal sealed class MessageTemplate
{
    private const string Open = "{{";
    private const string Close = "}}";

    private static readonly ImmutableArray<(string Name, Func<NotificationMessage, string> Value)> Known =
    [
        ("title", message => message.Title),
        ("text", message => message.Text),
        ("count", message => message.All.Length.ToString(CultureInfo.InvariantCulture)),
        ("route", message => message.Route),
        ("instance", message => message.Instance),
        ("link", message => message.Link ?? ""),
        ("id", message => message.First.Id),
        ("alarm", message => message.First.Alarm),
        ("status", message => NotificationWords.Of(message.First.Status)),
        ("severity", message => NotificationWords.Of(message.First.Severity)),
        ("subject", message => message.First.Subject),
        ("component", message => message.First.Component ?? ""),
        ("state", message => message.First.State?.Word() ?? ""),
        ("before", message => message.First.Before?.Word() ?? ""),
        ("latched", message => message.First.IsLatched ? "true" : "false"),
        ("reason", message => message.First.Reason),
        ("at", message => NotificationWords.Of(message.First.At)),
        ("since", message => NotificationWords.Of(message.First.Since)),
    ];

    private readonly ImmutableArray<(string Text, Func<NotificationMessage, string>? Value)> parts;

    private MessageTemplate(ImmutableArray<(string Text, Func<NotificationMessage, string>? Value)> parts) =>
        this.parts = parts;

    /// <summary>The names that may stand in one.</summary>
    public static string Names { get; } = string.Join(", ", Known.Select(one => one.Name));

    /// <summary>What is wrong with a text, as the end of a sentence that names it; null where nothing is.</summary>
    public static string? FlawOf(string text) => Parse(text).Flaw;

    /// <exception cref="ArgumentException">It has a flaw.</exception>
    public static MessageTemplate Of(string text) =>
        Parse(text) is { Template: { } template } ? template : throw new ArgumentException(FlawOf(text), nameof(text));

    /// <summary>The text for a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isJson">Whether it is JSON, where values stand in strings.</param>
    public string Render(NotificationMessage message, bool isJson)
    {
        StringBuilder rendered = new();
        foreach ((string text, Func<NotificationMessage, string>? value) in parts)
        {
            rendered.Append(text);
            if (value?.Invoke(message) is { } said)
            {
                rendered.Append(isJson ? JsonEncodedText.Encode(said).Value : said);
            }
        }

        return rendered.ToString();
    }

    private static (MessageTemplate? Template, string? Flaw) Parse(string text)
    {
        ImmutableArray<(string, Func<NotificationMessage, string>?)>.Builder found = ImmutableArray.CreateBuilder<(
            string,
            Func<NotificationMessage, string>?
        )>();
        int from = 0;
        while (text.IndexOf(Open, from, StringComparison.Ordinal) is >= 0 and var open)
        {
            int close = text.IndexOf(Close, open, StringComparison.Ordinal);
            if (close < 0)
            {
                return (null, FormattableString.Invariant($"with {{{{ at character {open + 1} and no }}}} behind it"));
            }

            string name = text[(open + Open.Length)..close].Trim();
            if (Known.FirstOrDefault(one => one.Name == name) is not { Value: { } value })
            {
                return (
                    null,
                    FormattableString.Invariant(
                        $"with {{{{{Printable.Escape(name, Printable.LongestExcerpt)}}}}} at character {open + 1}, an unknown name"
                    )
                );
            }

            found.Add((text[from..open], value));
            from = close + Close.Length;
        }

        found.Add((text[from..], null));
        return (new(found.ToImmutable()), null);
    }
}
