namespace Failover;

/// <summary>SSH (RFC 4253, 4.2): lines of text, then the identification. Servers that speak version 1 too say 1.99 (5.1).</summary>
internal sealed class SshDialog : ServerDialog
{
    public override bool HasStartTls => false;

    public override async ValueTask<string> GreetAsync(Conversation with)
    {
        string line;
        do
        {
            line = await with.ReadLineAsync("banner");
        } while (!line.StartsWith("SSH-", StringComparison.Ordinal));

        return
            line.StartsWith("SSH-2.0-", StringComparison.Ordinal)
            || line.StartsWith("SSH-1.99-", StringComparison.Ordinal)
            ? $"banner {Printable.Excerpt(line)}"
            : throw new UnexpectedAnswerException(
                $"banner is {Printable.Excerpt(line)}, expected to begin with SSH-2.0- or SSH-1.99-"
            );
    }
}
