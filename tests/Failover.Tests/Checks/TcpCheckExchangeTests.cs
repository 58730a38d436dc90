using System.Text;

namespace Failover;

/// <summary>An exchange against a server that does as a test says: each probe ends at its deadline at the latest, with a cause, bounded
/// memory and a closed connection, for which <see cref="FaultServer"/> waits.</summary>
public sealed class TcpCheckExchangeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Steps_are_taken_in_their_order()
    {
        await using FaultServer server = ScriptedServer.Of(
            @"S: \xffhello ",
            @"S: world\r\n",
            @"C: a\0b\r\n",
            @"S: 250-x\r\n250 ",
            @"S: y\r\n",
            "C: bye"
        );

        Observation seen = await ProbeAsync(
            server,
            @"expect \xffhello world\r\n",
            "send a\0b\r\n",
            @"match ^(250-.*\r\n)*250 .*\r\n",
            "send bye"
        );

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.Reason.ShouldMatch(@"^exchange of 4 steps in \S+ms$");
        seen.PerformanceData.ShouldMatch(@"^name=\S+ connect=\S+ first_byte=\S+ rest=\S+ total=\S+$");
    }

    [Fact]
    public async Task Each_step_goes_on_behind_the_one_before()
    {
        await using FaultServer server = ScriptedServer.Of("S: one two three two", "END");

        (await ProbeAsync(server, "expect two", "match  three", "expect two")).State.ShouldBe(Ok);
        (await ProbeAsync(server, "expect three", "expect two", "expect two")).State.ShouldBe(Fail);
        (await ProbeAsync(server, "match two")).State.ShouldBe(Fail);
    }

    [Theory]
    [InlineData("expect READY", "waiting for \"READY\", received \"not yet\"")]
    [InlineData(@"match ^\d", "waiting for a match of \"^\\d\", received \"not yet\"")]
    public async Task What_does_not_come_is_a_timeout_and_says_what_came(string step, string doing)
    {
        await using FaultServer server = ScriptedServer.Of(@"S: not yet\r\n");

        Observation seen = await ProbeAsync(server, Second(0.3), step);

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe(
            (Fail, $"timed out after 300ms while {doing}: {server.Authority}", true)
        );
    }

    [Fact]
    public async Task A_server_that_sends_byte_after_byte_is_held_to_the_one_deadline()
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                while (true)
                {
                    await stream.WriteAsync("a"u8.ToArray(), cancel);
                    // Real time: the deadline is one of a real socket, and each byte comes long before it.
                    await Task.Delay(Second(0.02), cancel);
                }
            }
        );
        long started = TimeProvider.System.GetTimestamp();

        Observation seen = await ProbeAsync(server, Second(0.3), "expect b");

        (seen.State, seen.IsTimeout).ShouldBe((Fail, true), seen.Reason);
        seen.Reason.ShouldMatch("^timed out after 300ms while waiting for \"b\", received \"a+\": ");
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(Second(5));
    }

    [Theory]
    [InlineData("expect b", "\"b\"")]
    [InlineData("match (?s).*b", "a match of \"(?s).*b\"")]
    public async Task A_banner_without_an_end_is_read_up_to_64_KiB(string step, string awaited)
    {
        long sent = 0;
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                byte[] block = Encoding.ASCII.GetBytes(new string('a', 1000));
                for (; ; sent += block.Length)
                {
                    await stream.WriteAsync(block, cancel);
                }
            }
        );

        Observation seen = await ProbeAsync(server, step);

        string received = new('a', 60);
        (seen.State, seen.Reason).ShouldBe(
            (Fail, $"more than 64 KiB came while waiting for {awaited}, received \"{received}…\"")
        );
        // What the sockets hold, and no more, was sent for nothing.
        sent.ShouldBeLessThan(100_000_000);
    }

    [Fact]
    public async Task Lines_without_an_end_are_bounded_together()
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                byte[] lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("220-more\r\n", 1000)));
                while (true)
                {
                    await stream.WriteAsync(lines, cancel);
                }
            }
        );

        Observation seen = await new TcpCheck("127.0.0.1", server.Port, preset: TcpPreset.Smtp).ProbeAsync(
            TimeProvider.System,
            Cancel
        );

        seen.State.ShouldBe(Fail);
        seen.Reason.ShouldStartWith("more than 64 KiB came while waiting for the banner, received \"220-more");
    }

    [Fact]
    public async Task The_last_of_64_KiB_counts()
    {
        string filler = new('a', Conversation.Largest - 1);
        await using FaultServer server = ScriptedServer.Of($"S: {filler}b");

        (await ProbeAsync(server, "expect b")).State.ShouldBe(Ok);
        (await ProbeAsync(server, "match (?s)a+b")).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task A_server_that_closes_in_the_middle_says_what_came()
    {
        await using FaultServer server = ScriptedServer.Of("S: half a ban", "END");

        Observation seen = await ProbeAsync(server, "expect banner");

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe(
            (
                Fail,
                $"connection closed while waiting for \"banner\", received \"half a ban\": {server.Authority}",
                false
            )
        );
    }

    [Fact]
    public async Task A_server_that_does_not_read_is_a_timeout_in_sending()
    {
        // The system accepts for it.
        using Peer server = Peer.Accepting();
        TcpCheck check = new("127.0.0.1", server.Port, Second(0.3), exchange: [$"send {new string('a', 20_000_000)}"]);

        Observation seen = await check.ProbeAsync(TimeProvider.System, Cancel);

        (seen.State, seen.Reason).ShouldBe((Fail, $"timed out after 300ms while sending: 127.0.0.1:{server.Port}"));
    }

    [Fact]
    public async Task What_came_before_a_close_counts_although_sending_failed()
    {
        await using FaultServer server = ScriptedServer.Of("S: no", "END");

        (await ProbeAsync(server, "send a", "expect no")).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task A_right_answer_that_takes_too_long_is_slow()
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                // Real time: the latency is one of a real socket.
                await Task.Delay(Second(0.02), cancel);
                await stream.WriteAsync("ready"u8.ToArray(), cancel);
            }
        );
        TcpCheck check = new("127.0.0.1", server.Port, exchange: ["expect ready"], latency: Second(0.01));

        Observation seen = await check.ProbeAsync(TimeProvider.System, Cancel);

        (seen.State, seen.IsTimeout).ShouldBe((Fail, false));
        seen.Reason.ShouldMatch(@"^slow: \d+ms, over 10ms \(name \S+, connect \S+, first byte \S+, rest \S+\)$");
    }

    [Fact]
    public async Task Whoever_asks_can_stop_it()
    {
        await using FaultServer server = new((_, _) => Task.CompletedTask);
        using CancellationTokenSource stop = new();
        TcpCheck check = new("127.0.0.1", server.Port, exchange: ["expect ready"]);
        Task<Observation> probe = check.ProbeAsync(TimeProvider.System, stop.Token).AsTask();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(probe);
    }

    private static Task<Observation> ProbeAsync(FaultServer server, params string[] steps) =>
        ProbeAsync(server, Second(10), steps);

    private static async Task<Observation> ProbeAsync(FaultServer server, TimeSpan timeout, params string[] steps) =>
        await new TcpCheck(
            "127.0.0.1",
            server.Port,
            timeout,
            exchange: steps.Select(step => (ExchangeStep)step)
        ).ProbeAsync(TimeProvider.System, Cancel);
}
