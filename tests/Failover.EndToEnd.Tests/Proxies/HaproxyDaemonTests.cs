using System.Globalization;

namespace Failover;

/// <summary>HAProxy asks a daemon where traffic should be, over TCP (with OPTIONS, as HAProxy does by default) and over a Unix socket (with GET).</summary>
public sealed class HaproxyDaemonTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Traffic_fails_over_stays_across_a_reload_and_comes_back_when_told_to(bool isUnix)
    {
        using Target primary = Target.Started("primary");
        using Target secondary = Target.Started("secondary");
        using DaemonFiles files = await DaemonFiles.WithAsync("");
        string socket = Path.Combine(files.Folder, "s");
        files.Write(Configuration(failAfter: 2));
        await using RunningDaemon daemon = await files.ServeAsync();
        string asked = isUnix
            ? $"unix@{socket}"
            : string.Create(CultureInfo.InvariantCulture, $"127.0.0.1 port {daemon.Port}");
        await using Proxy haproxy = await Haproxy.StartAsync(
            frontend: "",
            backend: string.Create(
                CultureInfo.InvariantCulture,
                $"""
                option httpchk {(isUnix ? "GET /primary" : "/primary")}
                    server primary 127.0.0.1:{primary.Port} check addr {asked} inter 100ms fall 1 rise 1
                    server secondary 127.0.0.1:{secondary.Port} backup
                """
            )
        );
        await TrafficGoesToAsync("primary");

        primary.Stop();
        await TrafficGoesToAsync("secondary");
        primary.Start();

        files.Write(Configuration(failAfter: 3));
        daemon.Reload();
        await daemon.Process.LineAsync(" reloaded ");
        for (int i = 0; i < 30; i++)
        {
            (await haproxy.GetAsync("/")).ShouldBe("200 secondary", "latched");
            // Real time: for HAProxy to ask several times in all.
            await Task.Delay(Second(0.02), TestContext.Current.CancellationToken);
        }

        (await daemon.PostAsync("primary")).ShouldBe("200 Armed");
        await TrafficGoesToAsync("primary");

        Task TrafficGoesToAsync(string server) =>
            Eventually.GetAsync(
                () => haproxy.GetAsync("/"),
                answer => string.Equals(answer, $"200 {server}", StringComparison.Ordinal),
                $"traffic to {server}"
            );

        string Configuration(int failAfter) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $$$"""
                listen: [127.0.0.1:0, 'unix:{{{socket}}}']
                components:
                  primary:
                    toggle:
                      to_fail:
                        hysteresis: {task: {tcp: 127.0.0.1:{{{primary.Port}}}}, fail_after: {{{failAfter}}}}
                      to_ok: {oneshot: {auth: PASSWORDS}}
                    on_post: to_ok.fire

                """
            );
    }
}
