using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>Starts and ends the engine with the application, and logs what happens.</summary>
internal sealed partial class FailoverHostedService(HealthService service, ILogger<HealthService> logger)
    : IHostedService,
        IDisposable
{
    private PoolWatch? poolWatch;
    private Task logging = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The pool is the application's: what blocks it is told, and left to it.
        poolWatch = new(LogWarning, addsThreads: false);
        service.Start(LogWarning);
        logging = LogAllAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await service.DisposeAsync();
        Dispose();
        await logging;
    }

    public void Dispose() => poolWatch?.Dispose();

    private async Task LogAllAsync()
    {
        await foreach ((HealthEvent happened, long missed) in service.Engine.Events.FollowAsync(next: 0))
        {
            if (missed > 0)
            {
                LogWarning(EventLog.Missed(missed));
            }

            LogEvent(Printable.Escape(happened.Component), EventLog.Text(happened));
        }
    }

    [LoggerMessage(LogLevel.Information, "{Component} {Event}")]
    private partial void LogEvent(string component, string @event);

    [LoggerMessage(LogLevel.Warning, "{Text}")]
    private partial void LogWarning(string text);
}
