namespace Failover;

/// <summary>IMAP (RFC 9051), with its STARTTLS (6.2.1).</summary>
internal sealed class ImapDialog : ServerDialog
{
    public override ReadOnlyMemory<byte> Farewell => "f2 LOGOUT\r\n"u8.ToArray();

    public override async ValueTask<string> GreetAsync(Conversation with) =>
        $"banner {Printable.Excerpt(await ReadLineAsync(with, "banner", "* OK", "* PREAUTH"))}";

    public override async ValueTask StartTlsAsync(Conversation with)
    {
        await with.SendLineAsync("f1 STARTTLS");
        string answer;
        do
        {
            answer = await with.ReadLineAsync("answer to STARTTLS");
        } while (answer.StartsWith("* ", StringComparison.Ordinal));

        if (!answer.StartsWith("f1 OK", StringComparison.OrdinalIgnoreCase))
        {
            throw WithoutStartTls(Printable.Excerpt(answer));
        }
    }
}
