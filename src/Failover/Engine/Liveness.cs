using System.Runtime.Versioning;

namespace Failover;

/// <summary>Whether the process does its work: its event loops turn, and nobody holds up the machine.</summary>
/// <param name="engine">Has the machine.</param>
/// <param name="loops">The event loops; null where there are none.</param>
internal sealed class Liveness(HealthEngine engine, IReadOnlyList<EventLoop>? loops)
{
    private readonly Lock gate = new();
    private Task<bool>? running;

    /// <summary>How long a loop may take for a turn, and the machine for a decision. Both take moments.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Finds out. All who ask meanwhile share the answer: where something hangs, they do not hang one thread each.</summary>
    public Task<bool> IsAliveAsync()
    {
        lock (gate)
        {
            return running is { IsCompleted: false } shared ? shared : running = FindOutAsync();
        }
    }

    private async Task<bool> FindOutAsync()
    {
        Task turns = OperatingSystem.IsLinux() && loops is not null ? TurnsAsync(loops) : Task.CompletedTask;
        bool isFree = engine.IsResponsive(TimeSpan.Zero) || await Task.Run(() => engine.IsResponsive(Longest));
        await turns.WaitAsync(Longest, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return isFree && turns.IsCompletedSuccessfully;
    }

    [SupportedOSPlatform("linux")]
    private static Task TurnsAsync(IReadOnlyList<EventLoop> loops)
    {
        List<Task> turns = [];
        foreach (EventLoop loop in loops)
        {
            TaskCompletionSource turned = new(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.Post(turned.SetResult);
            turns.Add(turned.Task);
        }

        return Task.WhenAll(turns);
    }
}
