using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>ExecCheck with Debian's monitoring plugins, in a process and by the command.</summary>
public sealed class PluginPeerTests
{
    private const string Folder = "/usr/lib/nagios/plugins";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0", Ok, false, "OK: so it is")]
    [InlineData("1", Ok, true, "WARNING: so it is")]
    [InlineData("2", Fail, false, "CRITICAL: so it is")]
    [InlineData("3", Error, false, "UNKNOWN: so it is")]
    public async Task The_states_of_plugins_are_states(string code, HealthState state, bool hasWarning, string reason)
    {
        Observation seen = await ProbeAsync("check_dummy", code, "so it is");

        (seen.State, seen.HasWarning, seen.Reason).ShouldBe((state, hasWarning, reason));
    }

    [Fact]
    public async Task Plugins_that_connect_are_run_unchanged()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        string port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        Observation open = await ProbeAsync("check_tcp", "-H", "127.0.0.1", "-p", port);
        listener.Stop();
        Observation closed = await ProbeAsync("check_tcp", "-H", "127.0.0.1", "-p", port);

        open.State.ShouldBe(Ok, open.Reason);
        open.Reason.ShouldMatch($@"^TCP OK - [\d.]+ second response time on 127\.0\.0\.1 port {port}$");
        open.PerformanceData.ShouldMatch(@"^time=[\d.]+s;;;0\.000000;10\.000000$");
        closed.State.ShouldBe(Fail, closed.Reason);
        closed.Reason.ShouldContain("refused");
    }

    [Fact]
    public async Task Plugins_that_look_at_this_machine_are_run_unchanged()
    {
        Observation load = await ProbeAsync("check_load", "-w", "9999,9999,9999", "-c", "9999,9999,9999");
        Observation disk = await ProbeAsync("check_disk", "-w", "0%", "-c", "0%", "-p", "/");
        // It runs ps itself, and reads what that writes.
        Observation processes = await ProbeAsync("check_procs", "-c", "1:");
        Observation usage = await ProbeAsync("check_load", "--no-such-option");

        load.State.ShouldBe(Ok, load.Reason);
        load.PerformanceData.ShouldMatch(@"^load1=\S+ load5=\S+ load15=\S+$");
        disk.State.ShouldBe(Ok, disk.Reason);
        disk.PerformanceData.ShouldStartWith("/=");
        processes.State.ShouldBe(Ok, processes.Reason);
        processes.PerformanceData.ShouldMatch(@"^procs=\d+;");
        usage.State.ShouldBe(Error, usage.Reason);
    }

    [Fact]
    public async Task The_command_says_what_the_plugin_says()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-plugin-");
        string file = Path.Combine(folder.FullName, "failover.yaml");
        await File.WriteAllTextAsync(
            file,
            $"components: {{load: {{exec: {{command: [{Folder}/check_load, -w, '0,0,0', -c, '9999,9999,9999']}}}}}}",
            Cancel
        );

        await using ChildProcess probe = ChildProcess.StartDotnet(DaemonFiles.Program, "probe", file, "load");

        (await probe.ExitCodeAsync(Minute(1))).ShouldBe(1, probe.ToString());
        (await probe.LineAsync("WARNING")).ShouldMatch(
            @"^WARNING - exec \S+/check_load -w 0,0,0 -c 9999,9999,9999: .*load average: .* \| time=\S+ load1=\S+ load5=\S+ load15=\S+$"
        );
        folder.Delete(recursive: true);
    }

    private static async Task<Observation> ProbeAsync(string plugin, params string[] arguments) =>
        await new ExecCheck([$"{Folder}/{plugin}", .. arguments]).ProbeAsync(TimeProvider.System, Cancel);
}
