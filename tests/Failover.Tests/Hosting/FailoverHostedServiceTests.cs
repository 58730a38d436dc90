using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Failover;

public sealed class FailoverHostedServiceTests
{
    [Fact]
    public async Task Events_that_a_blocked_logger_misses_are_counted()
    {
        using BlockedLogger logger = new();
        HealthService service = new(BootTime.Instance);
        using FailoverHostedService hosted = new(service, logger);
        await hosted.StartAsync(TestContext.Current.CancellationToken);

        Publish(1);
        logger.Entered.Wait(TestContext.Current.CancellationToken);
        Publish(10_002);
        logger.Release.Set();
        await hosted.StopAsync(TestContext.Current.CancellationToken);

        string[] lines = [.. logger.Lines];
        lines[1].ShouldBe("Warning: 2 events were missed by this log, which did not take them in time");
        lines.Length.ShouldBe(1 + 1 + 10_000);

        void Publish(int count)
        {
            for (int i = 0; i < count; i++)
            {
                service.Engine.Publish(new PostAudit("mail", "alice", "::1", "Armed"));
            }
        }
    }

    private sealed class BlockedLogger : ILoggerFactory, ILogger, IDisposable
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName)
        {
            categoryName.ShouldBe("Failover");
            return this;
        }

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
            Entered.Set();
            Release.Wait();
        }

        public void Dispose()
        {
            Entered.Dispose();
            Release.Dispose();
        }
    }
}
