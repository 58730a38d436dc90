using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>A oneshot that the POST of its component does not fire is warned about at the start.</summary>
public sealed class OneshotWarningTests : IDisposable
{
    private const string Warning =
        "onPost of \"mail\" does not fire the oneshot at toFail.toOk: no POST of \"mail\" resets its latch; better: one Oneshot, the same object in each toOk of \"mail\"";

    private readonly CollectedLog log = new();

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task A_server_warns_in_its_log()
    {
        await using HealthCheckServer server = new(0, "127.0.0.1", loggerFactory: log);
        (Toggle task, Oneshot fired) = TwoLatches();
        server.AddComponent("mail", task, onPost: fired.Fire);
        await server.StartAsync(TestContext.Current.CancellationToken);

        Warnings().ShouldBe([Warning]);
    }

    [Fact]
    public async Task An_application_warns_in_its_own()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton<ILoggerFactory>(log);
        (Toggle task, Oneshot fired) = TwoLatches();
        builder.Services.AddFailover(failover => failover.AddComponent("mail", task, onPost: fired.Fire));
        using IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        Warnings().ShouldBe([Warning]);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task One_that_is_fired_in_both_places_is_fine()
    {
        await using HealthCheckServer server = new(0, "127.0.0.1", loggerFactory: log);
        Oneshot reset = new(auth: new HtpasswdFile("users"));
        server.AddComponent("mail", new Toggle(new Toggle(new ScriptedCheck(), reset), reset), onPost: reset.Fire);
        await server.StartAsync(TestContext.Current.CancellationToken);

        Warnings().ShouldBeEmpty();
    }

    private static (Toggle Task, Oneshot Fired) TwoLatches()
    {
        Oneshot outer = new(auth: new HtpasswdFile("users"));
        Oneshot inner = new(auth: new HtpasswdFile("users"));
        return (new(new Toggle(new ScriptedCheck(), inner), outer), outer);
    }

    private IEnumerable<string> Warnings() =>
        log.Entries.Where(entry => entry.Id.Id == LogEvents.ConfigurationWarning.Id).Select(entry => entry.Text);
}
