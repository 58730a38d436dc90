namespace Failover;

/// <summary>What the unit for systemd must not lose.</summary>
public sealed class ServiceUnitTests
{
    private static readonly string[] Lines =
    [
        .. Repository.Read("packaging/failover.service").Split('\n').Where(line => line.Length > 0 && line[0] != '#'),
    ];

    [Theory]
    [InlineData("Type=notify")]
    [InlineData("ExecStart=/usr/local/bin/failover run /etc/failover/failover.yaml")]
    [InlineData("ExecReload=/bin/kill -HUP $MAINPID")]
    [InlineData("Restart=on-failure")]
    [InlineData("RestartPreventExitStatus=64 78")]
    [InlineData("StateDirectory=failover")]
    [InlineData("RuntimeDirectory=failover")]
    [InlineData("CacheDirectory=failover")]
    [InlineData("Environment=DOTNET_BUNDLE_EXTRACT_BASE_DIR=%C/failover")]
    [InlineData("CapabilityBoundingSet=CAP_NET_BIND_SERVICE")]
    [InlineData("AmbientCapabilities=CAP_NET_BIND_SERVICE")]
    [InlineData("NoNewPrivileges=yes")]
    [InlineData("ProtectSystem=strict")]
    [InlineData("RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK")]
    [InlineData("SystemCallFilter=@system-service")]
    [InlineData("MemoryDenyWriteExecute=no")]
    public void The_unit_has_the_line(string line) => Lines.ShouldContain(line);

    [Fact]
    public void The_unit_runs_as_the_user_that_is_made_for_it()
    {
        Lines.ShouldContain("User=failover");
        Repository.Read("packaging/failover.sysusers").ShouldContain("\nu failover ");
    }

    [Fact]
    public void There_is_time_to_drain_and_for_the_watchdog_to_ask_whether_anything_is_judged()
    {
        // Draining takes up to 10 s; judging is waited for 5 s, twice in the watchdog's time.
        Seconds("TimeoutStopSec").ShouldBeGreaterThan(10);
        Seconds("WatchdogSec").ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Every_line_is_a_section_or_a_setting() =>
        Lines.ShouldAllBe(line => (line[0] == '[' && line.EndsWith(']')) || line.IndexOf('=') > 0);

    private static int Seconds(string setting) =>
        int.Parse(
            Lines.Single(line => line.StartsWith($"{setting}=", StringComparison.Ordinal))[(setting.Length + 1)..],
            System.Globalization.CultureInfo.InvariantCulture
        );
}
