namespace Failover;

/// <summary>Redis and Valkey (https://redis.io/docs/latest/develop/reference/protocol-spec/).</summary>
internal sealed class RedisDialog : ServerDialog
{
    public override bool HasStartTls => false;

    public override ReadOnlyMemory<byte> Farewell => "QUIT\r\n"u8.ToArray();

    public override async ValueTask<string> GreetAsync(Conversation with)
    {
        await with.SendLineAsync("PING");
        // One that wants a password is up. One that loads its data says -LOADING, and serves nobody.
        return $"answer {Printable.Excerpt(await ReadLineAsync(with, "answer to PING", "+PONG", "-NOAUTH"))}";
    }
}
