namespace Failover;

/// <summary>FTP (RFC 959), with AUTH TLS (RFC 4217).</summary>
internal sealed class FtpDialog : ServerDialog
{
    public override ReadOnlyMemory<byte> Farewell => "QUIT\r\n"u8.ToArray();

    public override async ValueTask<string> GreetAsync(Conversation with) =>
        $"banner {Printable.Excerpt((await ReadReplyAsync(with, "banner", "220"))[0])}";

    public override async ValueTask StartTlsAsync(Conversation with)
    {
        await with.SendLineAsync("AUTH TLS");
        string answer = await with.ReadLineAsync("answer to AUTH TLS");
        if (!answer.StartsWith("234", StringComparison.Ordinal))
        {
            throw WithoutStartTls(Printable.Excerpt(answer));
        }
    }
}
