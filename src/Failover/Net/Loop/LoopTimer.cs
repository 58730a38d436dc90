using System.Runtime.Versioning;

namespace Failover;

/// <summary>Calls back on the thread of a loop.</summary>
/// <param name="loop">The loop.</param>
/// <param name="elapsed">Called once the time has come. It must not block.</param>
/// <param name="isNeeded">Asked before the loop would sleep until then, on the loop: false, and the timer is set to no time. Left out, it is
/// always needed.</param>
[SupportedOSPlatform("linux")]
internal sealed class LoopTimer(EventLoop loop, Action elapsed, Func<bool>? isNeeded = null) : ILoopWork
{
    private const long Unset = long.MaxValue;

    private long wanted = Unset;
    private long setTo = Unset;
    private volatile bool hasEnded;

    /// <summary>Sets it to a time from now, in the place of any other; it elapses once. From any thread, one at a time.</summary>
    public void Set(TimeSpan dueTime) => Want(loop.Time.GetTimestamp() + loop.Timestamps(dueTime));

    /// <summary>Has it elapse no more, whatever it is set to later. From any thread.</summary>
    public void End() => hasEnded = true;

    /// <summary>Sets it, unless it is set to that time or an earlier one. On the loop.</summary>
    public void SetAtMost(long at)
    {
        if (at < setTo)
        {
            setTo = at;
            loop.Enqueue(this, at);
        }
    }

    /// <summary>A time that it was set to has come: one that was set later on counts instead.</summary>
    public void Elapse(long at)
    {
        if (at == setTo && !hasEnded)
        {
            setTo = Unset;
            elapsed();
        }
    }

    /// <summary>Whether the loop has to wake for a time that it was set to. On the loop.</summary>
    public bool IsNeededAt(long at)
    {
        if (at != setTo || hasEnded)
        {
            return false;
        }

        if (isNeeded?.Invoke() != false)
        {
            return true;
        }

        setTo = Unset;
        return false;
    }

    /// <summary>Takes over what another thread has set.</summary>
    void ILoopWork.Run() => TakeOver();

    private void Want(long at)
    {
        Volatile.Write(ref wanted, at);
        if (loop.IsCurrent)
        {
            TakeOver();
        }
        else
        {
            loop.Post(this);
        }
    }

    private void TakeOver()
    {
        setTo = Volatile.Read(ref wanted);
        if (setTo != Unset)
        {
            loop.Enqueue(this, setTo);
        }
    }
}
