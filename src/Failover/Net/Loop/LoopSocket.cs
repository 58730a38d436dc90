using System.Runtime.Versioning;

namespace Failover;

/// <summary>A descriptor on an <see cref="EventLoop"/>. All of it belongs to the thread of the loop.</summary>
[SupportedOSPlatform("linux")]
internal abstract class LoopSocket
{
    /// <summary>The descriptor; below 0 where none is open.</summary>
    public int Descriptor { get; protected set; } = -1;

    /// <summary>Tells apart those that had the same descriptor; the loop's.</summary>
    internal uint Generation { get; set; }

    /// <summary>The list that it is in; null where it waits for no time.</summary>
    internal TimeoutList? Waiting { get; set; }

    internal LoopSocket? NextWaiting { get; set; }

    internal LoopSocket? PreviousWaiting { get; set; }

    /// <summary>What is reported of it at this moment.</summary>
    internal EpollEvents Seen { get; set; }

    /// <summary>When its time runs out, as a timestamp.</summary>
    internal long Due { get; set; }

    /// <summary>Something has happened on the descriptor. It must not block.</summary>
    public abstract void Ready(EpollEvents seen);

    /// <summary>The time of the list that it is in has run out; it is no longer in it.</summary>
    public abstract void TimedOut();

    /// <summary>Handling an event threw, which is a defect: ends what this is for, so that all others continue. It must not throw.</summary>
    public abstract void Break(Exception exception);
}
