using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>A server that logs where its application does.</summary>
public sealed class LoggerFactoryTests
{
    [Fact]
    public async Task A_change_has_its_level_its_id_and_its_fields()
    {
        using CollectedLog log = new();
        HealthState next = HealthState.Ok;
        StringWriter output = new();
        await using HealthCheckServer server = new(port: 0, host: "127.0.0.1", loggerFactory: log) { Output = output };
        server.AddComponent("mail", new Hysteresis(new DelegateCheck(() => next == HealthState.Ok)));
        await server.StartAsync(TestContext.Current.CancellationToken);
        next = HealthState.Fail;
        using (RawConnection client = await RawConnection.OpenAsync(server.Port))
        {
            await client.SendAsync("GET /mail HTTP/1.1\r\nHost: localhost\r\n\r\n");
            (await client.ReadAnswerAsync()).Status.ShouldBe(503);
            // One for the web server, which starts with it.
            await client.SendAsync("GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n");
            (await client.ReadAnswerAsync()).Status.ShouldBe(404);
        }

        await server.StopAsync(TestContext.Current.CancellationToken);

        CollectedLog.Entry change = log
            .Entries.Where(entry => entry.Id == LogEvents.StateChanged && entry.Category == "Failover")
            .ShouldHaveSingleItem();
        change.Id.Name.ShouldBe("StateChanged");
        change.Category.ShouldBe("Failover");
        change.Level.ShouldBe(LogLevel.Warning);
        change.Text.ShouldStartWith("/mail ok -> fail: ");
        change.Fields["Component"].ShouldBe("mail");
        change.Fields["From"].ShouldBe("ok");
        change.Fields["To"].ShouldBe("fail");
        log.Entries.ShouldContain(entry => entry.Id.Name == "Started" && entry.Text.Contains("/mail"));
        log.Entries.ShouldContain(entry => entry.Category.StartsWith("Microsoft.AspNetCore.Server.Kestrel"));
        output.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_store_warns_of_has_an_id_of_its_own()
    {
        using CollectedLog log = new();
        ScriptedStore store = new();
        await using HealthCheckServer server = new(port: 0, host: "127.0.0.1", state: store, loggerFactory: log);
        await server.StartAsync(TestContext.Current.CancellationToken);

        store.Warn.ShouldNotBeNull()("the disk is full");

        log.Entries.ShouldContain(entry => entry.Id == LogEvents.StateStore && entry.Text == "the disk is full");
    }

    [Theory]
    [InlineData(HealthState.Ok, LogLevel.Information)]
    [InlineData(HealthState.Fail, LogLevel.Warning)]
    [InlineData(HealthState.Error, LogLevel.Error)]
    public void A_change_to_fail_is_a_warning_and_one_to_error_an_error(HealthState to, LogLevel level) =>
        LogEntry.Of(new StateChange("mail", HealthState.Error, to, "why")).Level.ShouldBe(level);
}
