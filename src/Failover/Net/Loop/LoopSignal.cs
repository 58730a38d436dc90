using System.Runtime.Versioning;
using System.Threading.Tasks.Sources;

namespace Failover;

/// <summary>What one waits for on an event loop, again and again: whoever waits goes on within the call that ends the wait, on the
/// thread of the loop.</summary>
/// <param name="loop">The loop.</param>
[SupportedOSPlatform("linux")]
internal sealed class LoopSignal<T>(EventLoop loop) : IValueTaskSource<T>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<T> core;
    private CancellationTokenRegistration cancellation;

    /// <summary>Whether it is waited for.</summary>
    public bool IsAwaited { get; private set; }

    /// <summary>Begins to wait. On the loop, one at a time.</summary>
    public ValueTask<T> WaitAsync(CancellationToken cancellationToken)
    {
        short version = Begin(cancellationToken);
        return new(this, version);
    }

    /// <summary>Begins to wait for no value. On the loop, one at a time.</summary>
    public ValueTask WaitOnlyAsync(CancellationToken cancellationToken)
    {
        short version = Begin(cancellationToken);
        return new(this, version);
    }

    /// <summary>Ends the wait, if there is one. On the loop.</summary>
    public void Complete(T result)
    {
        if (End())
        {
            core.SetResult(result);
        }
    }

    /// <summary>Ends the wait with an exception, if there is one. On the loop.</summary>
    public void Fail(Exception exception)
    {
        if (End())
        {
            core.SetException(exception);
        }
    }

    public T GetResult(short token) => core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => core.GetResult(token);

    private short Begin(CancellationToken cancellationToken)
    {
        core.Reset();
        IsAwaited = true;
        short version = core.Version;
        if (cancellationToken.CanBeCanceled)
        {
            cancellation = cancellationToken.UnsafeRegister(
                static (signal, cancelled) => ((LoopSignal<T>)signal!).Cancel(cancelled),
                this
            );
        }

        return version;
    }

    private bool End()
    {
        if (!IsAwaited)
        {
            return false;
        }

        IsAwaited = false;
        // Not disposed of, which may wait for a callback that runs: it finds that the wait has ended.
        cancellation.Unregister();
        cancellation = default;
        return true;
    }

    private void Cancel(CancellationToken cancelled)
    {
        if (loop.IsCurrent)
        {
            Fail(new OperationCanceledException(cancelled));
            return;
        }

        short version = core.Version;
        loop.Post(() =>
        {
            if (core.Version == version)
            {
                Fail(new OperationCanceledException(cancelled));
            }
        });
    }
}
