using System.Buffers.Binary;
using System.Text;

namespace Failover;

/// <summary>PostgreSQL (its documentation, "Message Flow" and "Message Formats"). Asks what pg_isready asks.</summary>
internal sealed class PostgresDialog : ServerDialog
{
    private const int LargestMessage = 16 * 1024;

    // Version 3.0, and names and values that end with a NUL each.
    private static readonly byte[] Startup = [0, 0, 0, 23, 0, 3, 0, 0, .. "user\0failover\0\0"u8];
    private static readonly byte[] SslRequest = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

    public override bool GreetsInPlainText => false;

    public override async ValueTask<string> GreetAsync(Conversation with)
    {
        const string Awaited = "answer to the startup message";
        await with.SendAsync(Startup);
        while (true)
        {
            ReadOnlyMemory<byte> head = await with.ReadAsync(5, Awaited);
            char type = (char)head.Span[0];
            int length = BinaryPrimitives.ReadInt32BigEndian(head.Span[1..]) - 4;
            if (type is not ('R' or 'E' or 'N' or 'v') || length is < 0 or > LargestMessage)
            {
                throw new UnexpectedAnswerException("the target does not speak the protocol of PostgreSQL");
            }

            string body = Encoding.Latin1.GetString((await with.ReadAsync(length, Awaited)).Span);
            if (type == 'R')
            {
                return "accepts connections";
            }

            if (type == 'E')
            {
                return Judge(Field(body, 'C'), Field(body, 'M'));
            }
        }
    }

    public override async ValueTask StartTlsAsync(Conversation with)
    {
        await with.SendAsync(SslRequest);
        if ((await with.ReadAsync(1, "answer to SSLRequest")).Span[0] != 'S')
        {
            throw WithoutStartTls();
        }
    }

    // Class 53 is "insufficient resources", as too many connections; 57P03 is "cannot connect now": starting up, shutting down, recovering;
    // 58 and XX are faults of the server (its documentation, appendix A). All else is about the user that was named, who need not exist.
    private static string Judge(string code, string message) =>
        code.Length > 0
        && !code.StartsWith("53", StringComparison.Ordinal)
        && !code.StartsWith("57", StringComparison.Ordinal)
        && !code.StartsWith("58", StringComparison.Ordinal)
        && !code.StartsWith("XX", StringComparison.Ordinal)
            ? "accepts connections"
            : throw new UnexpectedAnswerException(
                $"server says {Printable.Excerpt(message)} ({Printable.Escape(code, 5)})"
            );

    // Each is a letter and a text that ends with a NUL.
    private static string Field(string body, char letter) =>
        body.Split('\0').FirstOrDefault(field => field.StartsWith(letter))?[1..] ?? "";
}
