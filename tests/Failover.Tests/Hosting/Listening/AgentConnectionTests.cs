using static Failover.ListenerUnderTest;

namespace Failover;

/// <summary>What HAProxy's agent checks are answered, over real connections.</summary>
public sealed class AgentConnectionTests : IAsyncDisposable
{
    private readonly ManualTime time = new();
    private readonly HealthService service;
    private readonly List<string> warnings = [];
    private bool drains;

    public AgentConnectionTests()
    {
        service = new(time);
        service.Add(new("up", new DelegateCheck(_ => Task.FromResult(true))));
        service.Add(new("eu/down", new DelegateCheck(_ => Task.FromResult(Observation.Fail("refused\n: 192.0.2.1")))));
        service.Add(
            new("unknown", new DelegateCheck(_ => Task.FromException<bool>(new IOException("no descriptors"))))
        );
        service.Start(_ => { }, _ => { });
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Theory]
    [InlineData("up\n", false, "up\n")]
    [InlineData("/up\r\n", false, "up\n")]
    [InlineData("eu/down\n", false, "down #refused\\u000a: 192.0.2.1\n")]
    [InlineData("unknown\n", false, "\n")]
    [InlineData("up\n", true, "ready up\n")]
    [InlineData("eu/down\n", true, "drain #refused\\u000a: 192.0.2.1\n")]
    [InlineData("unknown\n", true, "\n")]
    public async Task A_state_is_a_line(string sent, bool drainsOnFail, string answer)
    {
        drains = drainsOnFail;
        await using Listener listener = await ListenAsync();

        (await AskAsync(listener, sent)).ShouldBe(answer);
        warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_may_come_in_pieces()
    {
        await using Listener listener = await ListenAsync();
        using RawConnection client = await ConnectAsync(listener);
        await client.SendAsync("eu/");
        await client.SendAsync("down");
        await client.SendAsync("\n");

        (await client.ReadToEndAsync()).ShouldStartWith("down #");
    }

    [Theory]
    [InlineData("mail\n", "for \"mail\", which is no component")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "for \"GET / HTTP/1.1\", which is no component")]
    [InlineData("\n", "for \"\", which is no component")]
    public async Task Another_name_changes_nothing_and_is_reported(string sent, string how)
    {
        await using Listener listener = await ListenAsync();

        (await AskAsync(listener, sent)).ShouldBe("\n");
        (await AskAsync(listener, sent)).ShouldBe("\n");
        warnings.ShouldBe([$"an agent check came {how}; accepted: agent-send \"NAME\\n\""]);
    }

    [Fact]
    public async Task Without_a_name_it_changes_nothing()
    {
        await using Listener listener = await ListenAsync();
        Task<string> endless = AskAsync(listener, new string('a', 5000));
        (await endless).ShouldBe("\n");

        Task<string> silent = AskAsync(listener, "");
        while (!silent.IsCompleted)
        {
            time.Advance(Second(1));
            // Real time: the client connects over a socket.
            await Task.Delay(Second(0.01), TestContext.Current.CancellationToken);
        }

        (await silent).ShouldBe("\n");
        warnings.ShouldAllBe(warning => warning.StartsWith("an agent check came without the name of a component"));
    }

    [Fact]
    public async Task A_client_that_says_nothing_does_not_hold_up_the_end()
    {
        await using Listener listener = await ListenAsync();
        using RawConnection silent = await ConnectAsync(listener);
        (await AskAsync(listener, "up\n")).ShouldBe("up\n", "the one before is accepted by now");

        await listener.StopAsync(TestContext.Current.CancellationToken);

        (await silent.IsClosedAsync()).ShouldBeTrue();
    }

    private static async Task<string> AskAsync(Listener listener, string sent)
    {
        using RawConnection client = await ConnectAsync(listener);
        await client.SendAsync(sent);
        return await client.ReadToEndAsync();
    }

    private async Task<Listener> ListenAsync()
    {
        AgentConnection agent = new(service, () => drains, warnings.Add);
        Listener listener = new(
            FreePort,
            _ => Task.CompletedTask,
            new ConnectionBudget(100),
            connections: agent.ServeAsync
        );
        await listener.StartAsync(TestContext.Current.CancellationToken);
        return listener;
    }
}
