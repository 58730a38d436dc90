namespace Failover;

/// <summary>Whether the process itself is well: <c>/-/healthy</c> and <c>/-/ready</c>.</summary>
public sealed class ProcessEndpointTests
{
    private static async Task<int> ReadyAsync(HealthCheckServer server) =>
        (await RawConnection.GetAsync(server.Port, "/-/ready")).Status;

    [Fact]
    public async Task They_are_answered_as_a_component_is()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());

        foreach (string path in (string[])["/-/healthy", "/-/ready"])
        {
            (await RawConnection.GetAsync(server.Port, path)).Body.ShouldBe("OK");
            RawAnswer head = await RawConnection.AskAsync(server.Port, $"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            head["Content-Length"].ShouldBe("2");
            RawAnswer options = await RawConnection.AskAsync(server.Port, $"OPTIONS {path} HTTP/1.0\r\n\r\n");
            (options.Status, options["Allow"]).ShouldBe((200, "GET, HEAD, OPTIONS"));
            RawAnswer post = await RawConnection.AskAsync(
                server.Port,
                $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
            );
            (post.Status, post["Allow"]).ShouldBe((405, "GET, HEAD, OPTIONS"));
            (await RawConnection.GetAsync(server.Port, path + "/")).Status.ShouldBe(404);
        }
    }

    [Fact]
    public async Task It_is_ready_once_every_background_loop_has_a_result()
    {
        ScriptedCheck quick = new() { Name = "quick", Sees = Error };
        ScriptedCheck slow = new() { Name = "slow", Gate = new() };
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(all =>
        {
            all.AddComponent("quick", new Background(quick, Hour(1), initialState: Ok));
            all.AddComponent("slow", new Background(slow, Hour(1), initialState: Ok));
            // Whoever asks for it evaluates it.
            all.AddComponent("asked", new ScriptedCheck { Gate = new() });
        });

        SpinWait.SpinUntil(() => slow.Probes == 1, Second(30)).ShouldBeTrue();
        (await ReadyAsync(server)).ShouldBe(503);
        (await RawConnection.GetAsync(server.Port, "/-/ready")).Body.ShouldBe("FAIL");
        (await RawConnection.GetAsync(server.Port, "/-/healthy")).Status.ShouldBe(200, "that is another question");

        slow.Gate.SetResult();
        await server.Service.Engine.WhenIdleAsync();
        (await ReadyAsync(server)).ShouldBe(200, "be it an error");
    }

    [Fact]
    public async Task A_first_probe_that_hangs_keeps_it_from_being_ready_until_its_result_is_overdue()
    {
        ManualTime time = new();
        ScriptedCheck hanging = new() { Gate = new() };
        await using HealthCheckServer server = new(port: 0, "127.0.0.1", time) { Output = TextWriter.Null };
        server.AddComponent("mail", new Background(hanging, Minute(1), initialState: Ok, staleAfter: Minute(3)));
        await server.StartAsync(TestContext.Current.CancellationToken);

        (await ReadyAsync(server)).ShouldBe(503);
        time.Advance(Minute(4));
        (await ReadyAsync(server)).ShouldBe(200);
        hanging.Gate.SetResult();
    }

    [Fact]
    public async Task What_a_reload_adds_does_not_end_it_and_draining_does()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new Background(new ScriptedCheck(), Hour(1))
        );
        await server.Service.Engine.WhenIdleAsync();
        (await ReadyAsync(server)).ShouldBe(200);

        ScriptedCheck added = new() { Gate = new() };
        server.Service.Replace([new("web", new Background(added, Hour(1)))], Graph.NoNames);
        (await ReadyAsync(server)).ShouldBe(200);

        server.Service.Drain();
        (await ReadyAsync(server)).ShouldBe(503);
        added.Gate.SetResult();
    }
}
