namespace Failover;

/// <summary>POP3 (RFC 1939), with STLS (RFC 2595, 4).</summary>
internal sealed class Pop3Dialog : ServerDialog
{
    public override ReadOnlyMemory<byte> Farewell => "QUIT\r\n"u8.ToArray();

    public override async ValueTask<string> GreetAsync(Conversation with) =>
        $"banner {Printable.Excerpt(await ReadLineAsync(with, "banner", "+OK"))}";

    public override async ValueTask StartTlsAsync(Conversation with)
    {
        await with.SendLineAsync("STLS");
        string answer = await with.ReadLineAsync("answer to STLS");
        if (!answer.StartsWith("+OK", StringComparison.Ordinal))
        {
            throw WithoutStartTls(Printable.Excerpt(answer));
        }
    }
}
