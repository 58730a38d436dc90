using System.Collections.Concurrent;
using System.Globalization;

namespace Failover;

/// <summary>How many commands run at a time, in the whole process.</summary>
/// <remarks>One that was killed and does not end keeps its place, and is not started again meanwhile, so that it never takes the places
/// of others.</remarks>
/// <param name="most">So many run at a time.</param>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for has nothing to dispose of.
internal sealed class CommandLimit(int most)
#pragma warning restore CA1001
{
    /// <summary>As many as a machine of a few cores starts without harm to itself.</summary>
    public const int Most = 64;

    private readonly SemaphoreSlim places = new(most, most);
    private readonly ConcurrentDictionary<string, Task> running = new(StringComparer.Ordinal);

    /// <summary>The limit of this process.</summary>
    public static CommandLimit OfProcess { get; } = new(Most);

    /// <summary>Waits for a place.</summary>
    /// <param name="command">What is to be run.</param>
    /// <param name="deadline">Ends the wait.</param>
    /// <returns>A place, which is kept until <see cref="Release"/>; or none, where the deadline came first.</returns>
    public async ValueTask<CommandPlace> EnterAsync(string command, CancellationToken deadline)
    {
        string? cause = null;
        try
        {
            if (running.TryGetValue(command, out Task? last))
            {
                cause = "its last run was killed and does not end";
                await last.WaitAsync(deadline);
            }

            Task free = places.WaitAsync(deadline);
            if (!free.IsCompletedSuccessfully)
            {
                cause = string.Create(CultureInfo.InvariantCulture, $"{most} commands are running");
                await free;
            }

            return new(IsTaken: true, cause);
        }
        catch (OperationCanceledException)
        {
            return new(IsTaken: false, cause);
        }
    }

    /// <summary>Gives the place back when the command is gone.</summary>
    /// <param name="command">What was run.</param>
    /// <param name="gone">Ends then.</param>
    public void Release(string command, Task gone)
    {
        if (gone.IsCompleted)
        {
            places.Release();
            return;
        }

        running[command] = gone;
        _ = gone.ContinueWith(
            _ =>
            {
                running.TryRemove(KeyValuePair.Create(command, gone));
                places.Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }
}
