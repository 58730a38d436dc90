using System.Text.Json;

namespace Failover;

/// <summary>Debian's Alertmanager is told by a daemon.</summary>
public sealed class AlertmanagerPeerTests
{
    [Fact]
    public async Task An_alert_is_active_while_a_component_fails_and_no_longer()
    {
        await using ServerPeer alertmanager = await ServerPeer.StartAsync(
            "prometheus-alertmanager",
            """
            cat >conf.yml <<END
            route: {receiver: nobody, group_by: [alertname, component]}
            receivers: [{name: nobody}]
            END
            exec prometheus-alertmanager --config.file=conf.yml --storage.path=data --web.listen-address=127.0.0.1:$2 \
              --cluster.listen-address= --log.level=warn
            """
        );
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            notifications:
              instance: eu-1
              link: https://health.example.net/-/
              routes:
                alerts:
                  alertmanager: {urls: "http://127.0.0.1:{{alertmanager.Port}}", labels: {team: shop} }
            components:
              shop/mail: {tcp: "127.0.0.1:{{target.Port}}", interval: 50ms}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("shop/mail", "OK");

        target.Stop();
        JsonElement[] fired = await ActiveAsync(alertmanager, count: 1);
        target.Start();
        await ActiveAsync(alertmanager, count: 0);

        JsonElement labels = fired[0].GetProperty("labels");
        labels.GetProperty("alertname").GetString().ShouldBe("FailoverNotification");
        labels.GetProperty("component").GetString().ShouldBe("shop/mail");
        labels.GetProperty("severity").GetString().ShouldBe("critical");
        labels.GetProperty("instance").GetString().ShouldBe("eu-1");
        labels.GetProperty("team").GetString().ShouldBe("shop");
        fired[0].GetProperty("generatorURL").GetString().ShouldBe("https://health.example.net/-/");
        JsonElement annotations = fired[0].GetProperty("annotations");
        annotations.GetProperty("summary").GetString().ShouldBe("FAIL shop/mail");
        annotations.GetProperty("description").GetString()!.ShouldStartWith("refused: 127.0.0.1:");
    }

    private static async Task<JsonElement[]> ActiveAsync(ServerPeer alertmanager, int count)
    {
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        Uri url = new($"http://127.0.0.1:{alertmanager.Port}/api/v2/alerts?active=true");
        return await Eventually.GetAsync(
            async () =>
                JsonElement
                    .Parse(await client.GetStringAsync(url, TestContext.Current.CancellationToken))
                    .EnumerateArray()
                    .ToArray(),
            all => all.Length == count,
            $"{count} active alerts"
        );
    }
}
