using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Failover;

/// <summary>Scripts and applications have people told.</summary>
public sealed class AddNotificationsTests : IAsyncDisposable
{
    private readonly WebhookPeer peer = new();
    private volatile bool isUp = true;

    private DelegateCheck Check => new(_ => Task.FromResult(isUp));

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    [Fact]
    public async Task A_route_is_refused_that_has_the_name_of_another_one_or_components_that_there_are_not()
    {
        await using HealthCheckServer server = new(port: 0, host: "127.0.0.1") { Output = TextWriter.Null };
        server.AddComponent("shop/a", Check);
        NotificationRoute shop = new("shop", new Webhook(peer.Url), components: ["shop/*"]);
        server.AddNotifications(shop);
        server.AddNotifications(new("all", new Webhook(peer.Url)));

        Should
            .Throw<ArgumentException>(() => server.AddNotifications(shop))
            .Message.ShouldContain("the route \"shop\" has the name of another one; accepted: a name of its own");
        Should
            .Throw<ArgumentException>(() =>
                server.AddNotifications(new("mail", new Webhook(peer.Url), components: ["mail"]))
            )
            .Message.ShouldContain("the route \"mail\" has \"mail\"; accepted: components that were added before");
        await server.StartAsync(TestContext.Current.CancellationToken);
        server.Service.Routes.Select(one => one.Route.Name).ShouldBe(["shop", "all"]);
        Should
            .Throw<InvalidOperationException>(() => server.AddNotifications(new("late", new Webhook(peer.Url))))
            .Message.ShouldBe("notifications are added before the server starts");
    }

    [Fact]
    public async Task A_script_tells_what_fails_and_that_it_is_over()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(all =>
        {
            all.AddComponent("mail", Check);
            all.AddComponent("web", new DelegateCheck(_ => Task.FromResult(false)));
            all.AddNotifications(new("ops", new Webhook(peer.Url), components: ["mail"]));
        });
        await PollAsync(server, "web");
        isUp = false;
        await PollAsync(server, "mail");
        string told = await peer.TakeAsync();
        told.ShouldContain("\"type\":\"failover.firing\",\"subject\":\"/mail\"");

        isUp = true;
        await PollAsync(server, "mail");

        (await peer.TakeAsync()).ShouldContain("\"type\":\"failover.resolved\",\"subject\":\"/mail\"");
        peer.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_without_a_store_sends_what_is_due_before_it_has_stopped()
    {
        HealthCheckServer server = await ServerUnderTest.StartAsync(all =>
        {
            foreach (int i in Enumerable.Range(1, 30))
            {
                all.AddComponent($"c{i}", Check);
            }

            all.AddNotifications(new("ops", new Webhook(peer.Url)));
        });
        isUp = false;
        foreach (int i in Enumerable.Range(1, 30))
        {
            await PollAsync(server, $"c{i}");
        }

        await server.StopAsync(TestContext.Current.CancellationToken);

        // More than ten in 20 s are gathered for longer.
        string told = "";
        while (peer.HasMore)
        {
            told += await peer.TakeAsync();
        }

        Enumerable.Range(1, 30).Where(i => !told.Contains($"\"/c{i}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_holds_up_a_stop_for_two_seconds()
    {
        peer.Status = 0;
        HealthCheckServer server = await ServerUnderTest.StartAsync(all =>
        {
            all.AddComponent("mail", Check);
            all.AddNotifications(new("ops", new Webhook(peer.Url)));
        });
        isUp = false;
        await PollAsync(server, "mail");
        await peer.TakeAsync();
        long began = TimeProvider.System.GetTimestamp();

        await server.StopAsync(TestContext.Current.CancellationToken);

        // Real time: how long a stop takes.
        TimeProvider.System.GetElapsedTime(began).TotalSeconds.ShouldBeInRange(1.9, 8);
    }

    [Fact]
    public async Task An_application_tells_as_well()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddFailover(failover =>
            failover
                .AddComponent("mail", new Background(Check, Second(0.01)))
                .AddNotifications(new("ops", new Webhook(peer.Url)))
        );
        using IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        isUp = false;

        (await peer.TakeAsync()).ShouldContain("\"subject\":\"/mail\"");
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task PollAsync(HealthCheckServer server, string name) =>
        await RawConnection.AskAsync(server.Port, $"GET /{name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}
