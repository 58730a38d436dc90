using System.Globalization;

namespace Failover;

/// <summary>What pollers reach beside components: never what is for operators.</summary>
public sealed class ServingPortTests
{
    private const string Yaml = """
        components:
          web1: {tcp: "127.0.0.1:1", interval: 50ms, initial_state: ok}
          web2: {tcp: "127.0.0.1:1", interval: 50ms, initial_state: ok}
        guards:
          web: {components: "web*", max_failing: 1, max_delay: 1h, auth: PASSWORDS}
        """;

    [Fact]
    public async Task Beside_components_there_are_the_process_waits_and_heartbeats_alone()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(Yaml);
        await using RunningDaemon daemon = await files.ServeAsync();

        (await StatusOfAsync("-/healthy")).ShouldBe(200);
        (await StatusOfAsync("-/ready")).ShouldBeOneOf(200, 503);
        (await StatusOfAsync("-/wait/web1")).ShouldBeOneOf(200, 503);
        string[] operators =
        [
            "-/",
            "-/page/main.js",
            "-/metrics",
            "-/sd",
            "-/probe",
            "probe",
            "-/groups/web",
            "-/guards/web",
            "-/api/v1/status",
            "-/api/v1/guards/web",
        ];
        foreach (string path in operators)
        {
            (await StatusOfAsync(path)).ShouldBe(404, path);
        }

        (await ReleaseAsync(daemon, "/-/guards/web")).ShouldBe("404 Not Found");

        async Task<int> StatusOfAsync(string path) => (await RawConnection.GetAsync(daemon.Port, "/" + path)).Status;
    }

    [Fact]
    public async Task Without_a_management_address_a_guard_is_released_there()
    {
        await using ServedFolder served = await ServedFolder.WithAsync($"{ServedFolder.Top}{Yaml}");
        await served.ServeAsync();
        (await ReleaseAsync(served.Daemon, "/-/guards/web")).ShouldBe("404 Not Found");

        await served.ReloadAsync(
            string.Create(CultureInfo.InvariantCulture, $"listen: 127.0.0.1:0\nmanagement: off\nstate: memory\n{Yaml}")
        );
        await Eventually.GetAsync(
            () => ReleaseAsync(served.Daemon, "/-/guards/web"),
            answer => answer == "200 Released",
            "a release"
        );
    }

    private static Task<string> ReleaseAsync(RunningDaemon daemon, string path) =>
        new Reset(daemon.Port, path).PostAsync(DaemonFiles.User, DaemonFiles.Password);
}
