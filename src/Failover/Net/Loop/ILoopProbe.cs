using System.Runtime.Versioning;

namespace Failover;

/// <summary>A check that an event loop may run whole.</summary>
internal interface ILoopCheck
{
    /// <summary>A probe of it, which has not begun; null where this check, as it is described, needs more than a loop.</summary>
    /// <param name="loop">Where it will run.</param>
    /// <param name="number">Which of its owner's.</param>
    /// <param name="owner">Takes what comes of it.</param>
    [SupportedOSPlatform("linux")]
    ILoopProbe? ProbeOn(EventLoop loop, long number, ILoopProbeOwner owner);
}

/// <summary>One probe on an event loop. It begins as it is run.</summary>
/// <remarks>One that has ended may be used again, for another.</remarks>
internal interface ILoopProbe : ILoopWork
{
    /// <summary>Has the loop begin, behind all that is urgent. From any thread.</summary>
    void Defer();

    /// <summary>Ends it, if it is that one: its result no longer matters. From any thread.</summary>
    void Abandon(long probe);
}

/// <summary>Whose probes they are.</summary>
internal interface ILoopProbeOwner
{
    /// <summary>A connect that has ended, to be used again; null where there is none.</summary>
    [SupportedOSPlatform("linux")]
    LoopConnect? TakeUnused() => null;

    /// <summary>Whether it probes so often that a socket may be kept for its next probe (<see cref="SpareSockets"/>). Else all is closed
    /// with the probe that opened it.</summary>
    bool KeepsSockets => false;

    /// <summary>A probe has ended, between two timestamps: once, and with all that it opened closed or kept. On the loop, or on a thread of the pool
    /// where judging takes long.</summary>
    void Ended(long number, Observation seen, long started, long ended);
}
