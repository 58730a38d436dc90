using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>Starts and ends the engine with the application, and logs what happens where the application logs.</summary>
internal sealed class FailoverHostedService(HealthService service, ILoggerFactory loggers)
    : IHostedLifecycleService,
        IDisposable
{
    private readonly EventLog log = new(loggers.CreateLogger(QueuedLoggerProvider.OwnCategory));
    private PoolWatch? poolWatch;
    private Task logging = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The pool is the application's: what blocks it is reported, and left to it.
        poolWatch = new(log.Warnings(LogEvents.ThreadPool), addsThreads: false);
        service.Start(
            log.Warnings(LogEvents.PasswordFile),
            log.Warnings(LogEvents.StateStore),
            log.Warnings(LogEvents.Notifications)
        );
        log.WarnOfOneshotsWithoutPost(service.Components);
        logging = log.WriteAllAsync(service.Engine.Events);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before the web server, or anything else, stops.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        service.Drain();
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await service.DisposeAsync();
        Dispose();
        await logging;
    }

    public void Dispose() => poolWatch?.Dispose();
}
