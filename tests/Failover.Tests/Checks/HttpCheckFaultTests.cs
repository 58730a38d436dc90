using System.IO.Compression;
using System.Text;

namespace Failover;

/// <summary>Targets that misbehave: each probe ends at its deadline at the latest, with a cause, bounded memory and a closed
/// connection, for which <see cref="FaultServer"/> waits.</summary>
public sealed class HttpCheckFaultTests
{
    private static readonly byte[] Ok200 = "HTTP/1.1 200 OK\r\n\r\n"u8.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_without_an_end_is_read_up_to_64_KiB()
    {
        long sent = 0;
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"u8.ToArray(), cancel);
                byte[] block = Encoding.ASCII.GetBytes(new string('a', 65536));
                for (; sent < 10_000_000_000; sent += block.Length)
                {
                    await stream.WriteAsync(block, cancel);
                }
            }
        );

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, bodyContains: "ready"));
        Observation json = await ProbeAsync(
            new HttpCheck(server.Url, jsonEquals: new Dictionary<string, string> { ["/a"] = "b" })
        );

        (seen.State, seen.Reason).ShouldBe((Fail, "first 64 KiB of body lacks \"ready\""));
        json.Reason.ShouldBe("body is larger than 64 KiB, and no JSON that is read");
        (await ProbeAsync(new HttpCheck(server.Url, bodyContains: "aaa"))).State.ShouldBe(Ok);
        // What the sockets hold, and no more, was sent for nothing.
        sent.ShouldBeLessThan(100_000_000);
    }

    [Fact]
    public async Task A_body_of_exactly_64_KiB_is_whole()
    {
        string body = new('a', HttpAnswer.LargestBody - 1);
        await using FaultServer server = FaultServer.Answering(
            $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length + 1}\r\n\r\n{body}z"
        );

        (await ProbeAsync(new HttpCheck(server.Url, bodyMatches: "z$"))).State.ShouldBe(Ok);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nX: ")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\nY: ", "a\r\nY: ")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("", "a")]
    public async Task A_head_without_an_end_is_read_up_to_16_KiB(string begin, string more = "aaaaaaaa")
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                byte[] block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(more, 1000)));
                await stream.WriteAsync(Encoding.ASCII.GetBytes(begin), cancel);
                while (true)
                {
                    await stream.WriteAsync(block, cancel);
                }
            }
        );

        Observation seen = await ProbeAsync(new HttpCheck(server.Url));

        (seen.State, seen.Reason).ShouldBe(
            (Fail, $"malformed answer, its head is larger than 16 KiB: {server.Authority}")
        );
    }

    [Fact]
    public async Task Many_small_chunks_are_a_body_like_any_other()
    {
        string body = string.Concat(Enumerable.Repeat("1;extension=of-a-chunk\r\na\r\n", 10_000));
        await using FaultServer server = FaultServer.Answering(
            $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}0\r\n\r\n"
        );

        (await ProbeAsync(new HttpCheck(server.Url, bodyMatches: "^a{1000}"))).State.ShouldBe(Ok);
    }

    [Theory]
    [InlineData("", "while waiting for the answer")]
    [InlineData("H", "while reading the answer")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nO", "while reading the answer")]
    public async Task A_target_that_stops_is_a_timeout_that_names_the_phase(string begin, string phase)
    {
        await using FaultServer server = new(
            async (stream, cancel) => await stream.WriteAsync(Encoding.ASCII.GetBytes(begin), cancel)
        );

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, timeout: Second(0.3)));

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe(
            (Fail, $"timed out after 300ms {phase}: {server.Authority}", true)
        );
    }

    [Fact]
    public async Task A_target_that_says_nothing_by_HTTP_2_is_a_timeout_too()
    {
        await using FaultServer server = new((_, _) => Task.CompletedTask);

        Observation seen = await ProbeAsync(
            new HttpCheck(server.Url, protocol: HttpProtocol.Http2, timeout: Second(0.3))
        );

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe(
            (Fail, $"timed out after 300ms while waiting for the answer: {server.Authority}", true)
        );
    }

    [Fact]
    public async Task A_target_that_sends_byte_after_byte_is_held_to_the_one_deadline()
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await stream.WriteAsync(Ok200, cancel);
                while (true)
                {
                    await stream.WriteAsync("a"u8.ToArray(), cancel);
                    // Real time: the deadline is one of a real socket, and each byte comes long before it.
                    await Task.Delay(Second(0.02), cancel);
                }
            }
        );
        long started = TimeProvider.System.GetTimestamp();

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, timeout: Second(0.3)));

        seen.Reason.ShouldBe($"timed out after 300ms while reading the answer: {server.Authority}");
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(Second(5));
    }

    [Fact]
    public async Task An_answer_counts_that_comes_before_the_request_is_read()
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await stream.WriteAsync("HTTP/1.1 413 Too large\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancel);
            }
        );

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, "POST", body: new string('a', 10_000_000)));

        (seen.State, seen.Reason).ShouldBe((Fail, "status 413"));
    }

    [Fact]
    public async Task A_reset_is_a_fail_and_no_timeout()
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                System.Net.Sockets.Socket socket = ((System.Net.Sockets.NetworkStream)stream).Socket;
                socket.LingerState = new(enable: true, seconds: 0);
                socket.Dispose();
            }
        );

        Observation seen = await ProbeAsync(new HttpCheck(server.Url));

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe(
            (Fail, $"connection reset while waiting for the answer: {server.Authority}", false)
        );
    }

    [Fact]
    public async Task A_compressed_body_is_not_unpacked()
    {
        using MemoryStream bomb = new();
        await using (GZipStream packer = new(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            await packer.WriteAsync(new byte[50_000_000], Cancel);
        }

        await using FaultServer server = FaultServer.Answering(
            $"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n{Encoding.Latin1.GetString(bomb.ToArray())}"
        );

        (await ProbeAsync(new HttpCheck(server.Url))).State.ShouldBe(Ok);
        (await ProbeAsync(new HttpCheck(server.Url, bodyContains: "a"))).Reason.ShouldBe(
            "body is compressed (gzip), which was not asked for"
        );
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)*c$")]
    [InlineData("(.*.*)*b$")]
    public async Task A_regular_expression_takes_a_time_that_is_linear_in_the_body(string pattern)
    {
        await using FaultServer server = FaultServer.Answering($"HTTP/1.1 200 OK\r\n\r\n{new string('a', 60_000)}!");

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, bodyMatches: pattern));

        (seen.State, seen.Reason).ShouldBe((Fail, $"body does not match \"{pattern}\""));
    }

    [Fact]
    public async Task Deep_JSON_is_no_JSON_that_is_read()
    {
        await using FaultServer server = FaultServer.Answering($"HTTP/1.1 200 OK\r\n\r\n{new string('[', 60_000)}");
        HttpCheck check = new(server.Url, jsonEquals: new Dictionary<string, string> { ["/0"] = "1" });

        (await ProbeAsync(check)).Reason.ShouldBe("body is no JSON");
    }

    private static async Task<Observation> ProbeAsync(HttpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
