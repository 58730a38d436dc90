using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Failover;

/// <summary>What a client sends, of which the beginning has been read already.</summary>
public sealed class BegunInputTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private readonly System.IO.Pipelines.Pipe pipe = new();

    [Fact]
    public async Task The_beginning_comes_first_and_what_is_not_used_of_it_comes_again_with_the_rest()
    {
        BegunInput input = new(Bytes("abc"), pipe.Reader);

        (await ReadAsync(input, used: 1)).ShouldBe("abc");
        await pipe.Writer.WriteAsync(Bytes("de"), Stop);
        (await ReadAsync(input, used: 0)).ShouldBe("bcde");
        await pipe.Writer.WriteAsync(Bytes("f"), Stop);
        (await ReadAsync(input, used: 5)).ShouldBe("bcdef");
        await pipe.Writer.WriteAsync(Bytes("gh"), Stop);
        (await ReadAsync(input, used: 2)).ShouldBe("gh");
    }

    [Fact]
    public async Task Byte_by_byte_nothing_is_lost()
    {
        string text = new([.. Enumerable.Range(0, 5000).Select(i => (char)('a' + (i % 26)))]);
        BegunInput input = new(Bytes(text[..1]), pipe.Reader);
        (await ReadAsync(input, used: 0)).ShouldBe(text[..1]);

        for (int i = 1; i < text.Length; i++)
        {
            await pipe.Writer.WriteAsync(Bytes(text[i..(i + 1)]), Stop);
            (await ReadAsync(input, used: 0)).Length.ShouldBe(i + 1);
        }

        pipe.Writer.Complete();
        ReadResult last = await input.ReadAsync(Stop);
        (Text(last), last.IsCompleted).ShouldBe((text, true));
    }

    [Fact]
    public async Task A_cancelled_read_is_reported_once_and_the_next_one_goes_on()
    {
        BegunInput input = new(Bytes("abc"), pipe.Reader);
        (await ReadAsync(input, used: 0)).ShouldBe("abc");

        Task<ReadResult> waiting = input.ReadAsync(Stop).AsTask();
        input.CancelPendingRead();
        ReadResult cancelled = await waiting;
        (cancelled.IsCanceled, Text(cancelled)).ShouldBe((true, "abc"));
        input.AdvanceTo(cancelled.Buffer.Start, cancelled.Buffer.End);
        await pipe.Writer.WriteAsync(Bytes("d"), Stop);
        ReadResult next = await input.ReadAsync(Stop);

        (next.IsCanceled, Text(next)).ShouldBe((false, "abcd"));
    }

    private static async Task<string> ReadAsync(BegunInput input, int used)
    {
        ReadResult read = await input.ReadAsync(Stop);
        string text = Text(read);
        input.AdvanceTo(read.Buffer.GetPosition(used), read.Buffer.End);
        return text;
    }

    private static string Text(ReadResult read) => Encoding.ASCII.GetString(read.Buffer.ToArray());

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
