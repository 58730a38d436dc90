using System.Diagnostics;

namespace Failover;

/// <summary>Asks again and again, until the answer is the one that is waited for.</summary>
internal static class Eventually
{
    // Nothing here takes a second on an idle machine; this is for a busy one.
    private static readonly TimeSpan Patience = Second(60);
    private static readonly TimeSpan Pause = Second(0.02);

    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> isAwaited, string awaited)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            T answer = await ask();
            if (isAwaited(answer))
            {
                return answer;
            }

            Stopwatch
                .GetElapsedTime(started)
                .ShouldBeLessThan(Patience, $"waiting for {awaited}, the last was {answer}");
            // Real time: other processes get the processor between two questions.
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public static Task IsAsync(Func<bool> condition, string awaited) =>
        GetAsync(() => Task.FromResult(condition()), isTrue => isTrue, awaited);
}
