namespace Failover;

/// <summary>SMTP (RFC 5321), with STARTTLS (RFC 3207).</summary>
internal sealed class SmtpDialog : ServerDialog
{
    public override ReadOnlyMemory<byte> Farewell => "QUIT\r\n"u8.ToArray();

    public override async ValueTask<string> GreetAsync(Conversation with) =>
        $"banner {Printable.Excerpt((await ReadReplyAsync(with, "banner", "220"))[0])}";

    public override async ValueTask StartTlsAsync(Conversation with)
    {
        // As HAProxy's smtpchk does: the name of this machine is not sent.
        await with.SendLineAsync("EHLO localhost");
        IReadOnlyList<string> offers = await ReadReplyAsync(with, "answer to EHLO", "250");
        if (
            !offers.Any(line =>
                line.Length > 4 && line[4..].Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            throw WithoutStartTls();
        }

        await with.SendLineAsync("STARTTLS");
        await ReadReplyAsync(with, "answer to STARTTLS", "220");
    }
}
