using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>A message as an e-mail (RFC 5322), in plain text.</summary>
internal static class MailText
{
    private const int LongestSubject = 250;

    // RFC 2045, 6.7: a line has at most 76 characters, the one at its end that joins it with the next included.
    private const int LongestLine = 75;

    // RFC 2047, 2: an encoded word has at most 75 characters, of which 12 are around it. In base64, 45 bytes are 60.
    private const int BytesInWord = 45;

    /// <summary>The mail, without the dot at its end.</summary>
    public static string Of(NotificationMessage message, string from, IEnumerable<string> to)
    {
        string domain = from[(from.LastIndexOf('@') + 1)..];
        StringBuilder mail = new();
        Add(
            "Date",
            $"{message.SentAt.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} +0000"
        );
        Add("From", $"Failover <{from}>");
        Add("To", string.Join(",\r\n ", to));
        Add("Subject", Subject(message.Title));
        Add("Message-ID", $"<{IdOf(message)}@{domain}>");
        if (message.First.Alarm is { Length: > 0 } alarm)
        {
            // No mail has this id: the id of the first mail is not stored. Mail programs group by a shared reference all the same.
            Add("In-Reply-To", $"<alarm.{Id(alarm)}@{domain}>");
            Add("References", $"<alarm.{Id(alarm)}@{domain}>");
        }

        Add("Auto-Submitted", "auto-generated");
        Add("MIME-Version", "1.0");
        Add("Content-Type", "text/plain; charset=utf-8");
        Add("Content-Transfer-Encoding", "quoted-printable");
        mail.Append("\r\n");
        string text = message.Link is { } link ? $"{message.Text}\n\n{link}" : message.Text;
        foreach (string line in text.Split('\n'))
        {
            AppendQuoted(mail, line.TrimEnd('\r'));
            mail.Append("\r\n");
        }

        return mail.ToString(0, mail.Length - 2);

        void Add(string name, string value) => mail.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    /// <summary>A text as the value of a header: as it is in plain ASCII, else in encoded words (RFC 2047).</summary>
    internal static string Subject(string text)
    {
        string line = MessageText.Cut(
            string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)),
            LongestSubject
        );
        if (Ascii.IsValid(line) && !line.Contains("=?", StringComparison.Ordinal))
        {
            return line;
        }

        List<string> words = [];
        StringBuilder word = new();
        foreach (Rune rune in line.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(word.ToString()) + rune.Utf8SequenceLength > BytesInWord)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            word.Append(rune.ToString());
        }

        words.Add(word.ToString());
        return string.Join(
            "\r\n ",
            words.Select(one => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(one))}?=")
        );
    }

    // Of several in one message, another one for each choice of them: servers drop what has an id that they have seen.
    private static string IdOf(NotificationMessage message)
    {
        if (message.All is [var one])
        {
            return Id(one.Id);
        }

        byte[] all = Encoding.UTF8.GetBytes(string.Join(' ', message.All.Select(each => each.Id)));
        return $"{Id(message.First.Id)}.{Convert.ToHexStringLower(SHA256.HashData(all)[..8])}";
    }

    private static string Id(string id) =>
        string.Concat(id.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-' ? letter : '_'));

    // RFC 2045, 6.7
    private static void AppendQuoted(StringBuilder mail, string line)
    {
        int column = 0;
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        foreach ((int index, byte one) in bytes.Index())
        {
            bool isPlain = one is > 32 and < 127 and not (byte)'=' || (one == ' ' && index < bytes.Length - 1);
            string written = isPlain
                ? ((char)one).ToString()
                : string.Create(CultureInfo.InvariantCulture, $"={one:X2}");
            if (column + written.Length > LongestLine)
            {
                mail.Append("=\r\n");
                column = 0;
            }

            mail.Append(written);
            column += written.Length;
        }
    }
}
