namespace Failover;

/// <summary>A daemon with a Prometheus that scrapes it, for all tests of a class: it takes Prometheus five seconds to begin.</summary>
public sealed class ScrapedDaemon : IAsyncLifetime
{
    internal const string Token = "prometheus-0123456789abcdef";

    private readonly Target target = Target.Started();
    private readonly Target lasting = Target.Started();
    private DaemonFiles files = null!;

    internal RunningDaemon Daemon { get; private set; } = null!;

    internal Prometheus Prometheus { get; private set; } = null!;

    /// <summary>What Prometheus has it probe.</summary>
    internal string Probed => $"127.0.0.1:{lasting.Port}";

    /// <summary>What <c>mail</c> and <c>we"ird\näme</c> probe.</summary>
    internal Target Target => target;

    public async ValueTask InitializeAsync()
    {
        files = await DaemonFiles.WithAsync(Yaml("gone"));
        Daemon = await files.ServeAsync();
        Prometheus = await Prometheus.StartAsync(Daemon, Token, Probed);
    }

    /// <summary>Has it serve no component <c>gone</c>.</summary>
    internal void Remove()
    {
        files.Write(Yaml());
        Daemon.Reload();
    }

    public async ValueTask DisposeAsync()
    {
        await Prometheus.DisposeAsync();
        await Daemon.DisposeAsync();
        files.Dispose();
        target.Dispose();
        lasting.Dispose();
    }

    private string Yaml(params string[] others) =>
        $$"""
            access: {view: PASSWORDS, tokens: {prometheus: {secret: "{{Token}}", role: view} } }
            probes: {modules: {tcp_connect: {tcp: {}, timeout: 5s} }, targets: "127.0.0.0/8:*"}
            components:
              mail: {tcp: "127.0.0.1:{{target.Port}}", interval: 50ms, latch: PASSWORDS}
              'we"ird\näme': {tcp: "127.0.0.1:{{target.Port}}", interval: 50ms}
            {{string.Concat(others.Select(name => $"  {name}: {{tcp: \"127.0.0.1:1\", interval: 50ms}}\n"))}}
            """;
}
