namespace Failover;

/// <summary>What becomes of notifications is counted.</summary>
public sealed class NotificationMetricsTests : IAsyncDisposable
{
    private readonly WebhookPeer peer = new();
    private readonly ManualTime time = new();
    private readonly HealthService service;

    public NotificationMetricsTests() => service = new(time);

    [Fact]
    public async Task Each_route_has_what_was_delivered_what_failed_and_what_is_pending()
    {
        service.Notifications = new()
        {
            Routes =
            [
                new("ops", new Webhook(peer.Url)),
                new("quiet", new Webhook(peer.Url), topics: NotificationTopics.Guard),
            ],
        };
        service.Start(_ => { }, _ => { });
        IReadOnlyDictionary<string, string> before = await ScrapeAsync();
        peer.Status = 500;
        service.ReportReload("line 3");
        SpinWait.SpinUntil(() => service.Routes[0].Failed == 1, Second(30)).ShouldBeTrue();
        IReadOnlyDictionary<string, string> failing = await ScrapeAsync();
        peer.Status = 200;
        while (service.Routes[0].Delivered == 0)
        {
            time.Advance(Second(1));
            await Task.Yield();
        }

        IReadOnlyDictionary<string, string> delivered = await ScrapeAsync();
        string[] series =
        [
            "failover_notifications_total{route=\"ops\",outcome=\"delivered\"}",
            "failover_notification_failures_total{route=\"ops\"}",
            "failover_notifications_pending{route=\"ops\"}",
            "failover_notification_problem{route=\"ops\"}",
            "failover_notifications_given_up{route=\"ops\"}",
            "failover_notifications_total{route=\"ops\",outcome=\"given_up\"}",
            "failover_notifications_total{route=\"ops\",outcome=\"dropped\"}",
            "failover_notifications_total{route=\"quiet\",outcome=\"delivered\"}",
        ];
        Of(before).ShouldBe("0 0 0 0 0 0 0 0");
        Of(failing).ShouldBe("0 1 1 1 0 0 0 0");
        Of(delivered).ShouldBe("1 1 0 0 0 0 0 0");

        string Of(IReadOnlyDictionary<string, string> scraped) => string.Join(' ', series.Select(one => scraped[one]));
    }

    [Fact]
    public async Task What_is_given_up_is_counted_and_is_there_until_it_is_sent_again()
    {
        service.Notifications = new() { Routes = [new("ops", new Webhook(peer.Url))] };
        service.Start(_ => { }, _ => { });
        peer.Status = 500;
        service.ReportReload("line 3");
        SpinWait.SpinUntil(() => service.Routes[0].Failed == 1, Second(30)).ShouldBeTrue();
        time.WallClock += Hour(24);
        while (service.Routes[0].Dead.IsEmpty)
        {
            time.Advance(Second(1));
            await Task.Yield();
        }

        (await CountsAsync()).ShouldBe(("1", "1"));
        peer.Status = 200;
        service.Resend("ops").ShouldBe(1);
        SpinWait.SpinUntil(() => service.Routes[0].Delivered == 1, Second(30)).ShouldBeTrue();
        (await CountsAsync()).ShouldBe(("1", "0"));
    }

    private async Task<(string Total, string Now)> CountsAsync()
    {
        IReadOnlyDictionary<string, string> scraped = await ScrapeAsync();
        return (
            scraped["failover_notifications_total{route=\"ops\",outcome=\"given_up\"}"],
            scraped["failover_notifications_given_up{route=\"ops\"}"]
        );
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await peer.DisposeAsync();
    }

    private Task<IReadOnlyDictionary<string, string>> ScrapeAsync() =>
        ScrapedMetrics.OfAsync(new NotificationMetrics(service));
}
