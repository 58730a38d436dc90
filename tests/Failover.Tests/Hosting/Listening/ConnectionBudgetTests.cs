using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Http;
using static Failover.ListenerUnderTest;

namespace Failover;

/// <summary>The places for connections, which are the process's and not a port's, and who gives way.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ConnectionBudgetTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private readonly ManualTime time = new();
    private int waiting;

    [Fact]
    public async Task Listeners_share_the_places_of_one_budget_and_a_newcomer_takes_that_of_the_longest_idle()
    {
        ConnectionBudget budget = new(2, time: time);
        await using Listener one = await StartAsync(FreePort, Says("one"), budget);
        await using Listener two = await StartAsync(FreePort, Says("two"), budget);
        using RawConnection first = await ConnectAsync(one);
        (await AskAsync(first)).ShouldBe("one");
        time.Advance(Second(1));
        using RawConnection second = await ConnectAsync(two);
        (await AskAsync(second)).ShouldBe("two");
        time.Advance(Second(1));
        (await AskAsync(first)).ShouldBe("one");

        using RawConnection third = await ConnectAsync(two);

        (await AskAsync(third)).ShouldBe("two");
        (await second.IsClosedAsync()).ShouldBeTrue();
        (await AskAsync(first)).ShouldBe("one");
        budget.Open.ShouldBe(2);
    }

    [Fact]
    public async Task A_client_that_goes_away_frees_its_place()
    {
        ConnectionBudget budget = new(1);
        await using Listener listener = await StartAsync(FreePort, Says("one"), budget);
        using (RawConnection first = await ConnectAsync(listener))
        {
            (await AskAsync(first)).ShouldBe("one");
            budget.Open.ShouldBe(1);
        }

        SpinWait.SpinUntil(() => budget.Open == 0, Second(30)).ShouldBeTrue();
        using RawConnection second = await ConnectAsync(listener);
        (await AskAsync(second)).ShouldBe("one");
    }

    [Fact]
    public async Task A_source_may_hold_three_quarters_and_beyond_that_newcomers_take_the_places_of_its_longest_idle()
    {
        ConcurrentQueue<string> warnings = new();
        ConnectionBudget budget = new(16, time: time) { Warn = warnings.Enqueue };
        await using Listener listener = await StartAsync(FreePort, Says("up"), budget);
        List<RawConnection> held = [];
        for (int i = 0; i < 12; i++)
        {
            held.Add(await ConnectAsync(listener));
            (await AskAsync(held[^1])).ShouldBe("up");
            time.Advance(Second(1));
        }

        budget.Open.ShouldBe(12);
        warnings.ShouldBeEmpty();
        using RawConnection other = await FromAsync("127.0.0.2", listener);
        (await AskAsync(other)).ShouldBe("up");
        (await held[0].IsClosedAsync()).ShouldBeTrue();
        using RawConnection same = await ConnectAsync(listener);
        (await AskAsync(same)).ShouldBe("up");
        (await held[1].IsClosedAsync()).ShouldBeTrue();

        foreach (RawConnection stays in held[2..].Append(other))
        {
            (await AskAsync(stays)).ShouldBe("up");
        }

        budget.Open.ShouldBe(12);
        warnings.ShouldBe([
            "connections of pollers: 12 of 16 are open; most of them, 12, are from 127.0.0.1; closed to make room: 1, refused: 0, closed without a first byte: 0",
        ]);
        held.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Idle_connections_up_to_the_whole_budget_keep_nobody_out()
    {
        ConnectionBudget budget = new(100);
        await using Listener listener = await StartAsync(FreePort, Says("up"), budget);
        List<RawConnection> held = [];
        for (int i = 0; i < 150; i++)
        {
            held.Add(await ConnectAsync(listener));
        }

        using RawConnection newcomer = await FromAsync("127.0.0.2", listener);

        (await AskAsync(newcomer)).ShouldBe("up");
        held.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Pipelines_whose_answers_nobody_reads_keep_nobody_out()
    {
        string page = new('x', 8192);
        ConnectionBudget budget = new(16, time: time);
        await using Listener listener = await StartAsync(FreePort, Says(page), budget);
        List<RawConnection> held = [];
        for (int i = 0; i < 16; i++)
        {
            held.Add(await ConnectAsync(listener));
            await FillAsync(held[^1]);
        }

        for (int i = 0; i < 12; i++)
        {
            using RawConnection newcomer = await FromAsync("127.0.0.2", listener);
            (await AskAsync(newcomer)).ShouldBe(page);
        }

        held.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Requests_that_wait_for_an_answer_give_way_only_where_the_budget_is_used_up()
    {
        TaskCompletionSource gate = new();
        ConnectionBudget budget = new(8);
        await using Listener listener = await StartAsync(FreePort, Slow(gate.Task), budget);
        List<RawConnection> held = [];
        for (int i = 0; i < 8; i++)
        {
            held.Add(await ConnectAsync(listener));
            await held[^1].SendAsync("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
            // Before its request is taken it is idle, and the next one would take its place.
            int taken = i + 1;
            SpinWait.SpinUntil(() => waiting == taken, Second(30)).ShouldBeTrue();
        }

        // Of the same source, it has no better claim.
        using RawConnection same = await ConnectAsync(listener);
        (await same.IsClosedAsync()).ShouldBeTrue();
        using RawConnection other = await FromAsync("127.0.0.2", listener);
        (await AskAsync(other)).ShouldBe("up");

        gate.SetResult();
        int answered = 0;
        foreach (RawConnection connection in held)
        {
            answered += await IsAnsweredAsync(connection) ? 1 : 0;
        }

        answered.ShouldBe(7);
        held.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Who_is_exempt_is_no_source_with_a_share_and_gives_way_to_its_like_only()
    {
        ConnectionBudget budget = new(8, time: time) { IsExempt = address => address.Equals(IPAddress.Loopback) };
        await using Listener listener = await StartAsync(FreePort, Says("up"), budget);
        List<RawConnection> held = [];
        for (int i = 0; i < 8; i++)
        {
            held.Add(await ConnectAsync(listener));
            (await AskAsync(held[^1])).ShouldBe("up");
            time.Advance(Second(1));
        }

        budget.Open.ShouldBe(8);
        using RawConnection ninth = await ConnectAsync(listener);
        (await AskAsync(ninth)).ShouldBe("up");
        (await held[0].IsClosedAsync()).ShouldBeTrue();
        budget.Open.ShouldBe(8);
        held.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Clients_of_a_Unix_socket_are_limited_by_its_budget_alone()
    {
        using SocketDirectory directory = new();
        ConnectionBudget budget = new(8);
        await using Listener listener = await StartAsync(
            new ListenAddress(null, 0, directory.SocketPath),
            Says("up"),
            budget
        );
        List<RawConnection> held = [];
        for (int i = 0; i < 8; i++)
        {
            held.Add(await RawConnection.OpenAsync(directory.EndPoint));
            (await AskAsync(held[^1])).ShouldBe("up");
        }

        foreach (RawConnection connection in held)
        {
            (await AskAsync(connection)).ShouldBe("up");
            connection.Dispose();
        }
    }

    [Fact]
    public async Task A_client_that_sends_nothing_is_closed_after_5_s_and_one_that_has_sent_something_is_not()
    {
        ConnectionBudget budget = new(8, time: time);
        await using Listener listener = await StartAsync(FreePort, Says("up"), budget);
        using RawConnection speaks = await ConnectAsync(listener);
        (await AskAsync(speaks)).ShouldBe("up");
        using RawConnection silent = await ConnectAsync(listener);
        SpinWait.SpinUntil(() => budget.Open == 2, Second(30)).ShouldBeTrue();
        time.Advance(Second(2));
        using RawConnection later = await ConnectAsync(listener);
        SpinWait.SpinUntil(() => budget.Open == 3, Second(30)).ShouldBeTrue();

        time.Advance(Second(2.999));
        budget.Open.ShouldBe(3);
        time.Advance(Second(0.001));

        (await silent.IsClosedAsync()).ShouldBeTrue();
        (await AskAsync(later)).ShouldBe("up");
        time.Advance(Second(60));
        (await AskAsync(speaks)).ShouldBe("up");
        (await AskAsync(later)).ShouldBe("up");
        budget.Open.ShouldBe(2);
    }

    [Fact]
    public async Task What_it_closes_is_counted_by_cause_and_reported_once_a_minute()
    {
        string name = $"test {Guid.NewGuid()}";
        ConcurrentQueue<string> causes = new();
        using MeterListener meter = new();
        meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "failover.connections.closed")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meter.SetMeasurementEventCallback<long>(
            (_, count, tags, _) =>
            {
                if (Equals(tags[0].Value, name))
                {
                    count.ShouldBe(1);
                    causes.Enqueue((string)tags[1].Value!);
                }
            }
        );
        meter.Start();
        ConcurrentQueue<string> warnings = new();
        ConnectionBudget budget = new(1, name, time) { Warn = warnings.Enqueue };
        await using Listener listener = await StartAsync(FreePort, Says("up"), budget);
        List<RawConnection> held = [];
        for (int i = 0; i < 4; i++)
        {
            held.Add(await ConnectAsync(listener));
            (await AskAsync(held[^1])).ShouldBe("up");
        }

        causes.ShouldBe(["replaced", "replaced", "replaced"]);
        warnings.ShouldHaveSingleItem().ShouldContain("closed to make room: 1,");
        time.Advance(Minute(1));
        held.Add(await ConnectAsync(listener));
        (await AskAsync(held[^1])).ShouldBe("up");
        warnings.Count.ShouldBe(2);
        warnings.Last().ShouldContain("closed to make room: 3,");
        held.ForEach(connection => connection.Dispose());
    }

    private Func<HttpContext, Task> Slow(Task gate) =>
        async http =>
        {
            if (http.Request.Path == "/slow")
            {
                Interlocked.Increment(ref waiting);
                await gate.WaitAsync(http.RequestAborted);
            }

            await Says("up")(http);
        };

    private static Task<RawConnection> FromAsync(string source, Listener listener) =>
        RawConnection.OpenAsync(new IPEndPoint(IPAddress.Loopback, listener.Address.Port), IPAddress.Parse(source));

    // Until the server takes no more, since its answers are not read.
    private static async Task FillAsync(RawConnection connection)
    {
        string requests = string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 100));
        for (int i = 0; i < 10_000; i++)
        {
            Task sent = connection.SendAsync(requests);
            // Real time: that a socket takes no more is known by nothing else.
            Task patience = Task.Delay(TimeSpan.FromMilliseconds(200), Stop);
            if (await Task.WhenAny(sent, patience) != sent)
            {
                return;
            }
        }
    }

    private static async Task<bool> IsAnsweredAsync(RawConnection connection)
    {
        try
        {
            return (await connection.ReadAnswerAsync()).Status == 200;
        }
        catch (Exception exception) when (exception is IOException or ShouldAssertException)
        {
            return false;
        }
    }
}
