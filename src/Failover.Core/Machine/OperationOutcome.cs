namespace Failover;

/// <summary>What came of something that a person asked the machine to do.</summary>
internal enum OperationOutcome
{
    /// <summary>A fire is committed: its latches have ended, or it waits to be used.</summary>
    Armed,

    /// <summary>It is committed, and in force.</summary>
    Done,

    /// <summary>No latch of the component waits for it, or a fire is pending already: of several at once, one arms.</summary>
    NothingToReset,

    /// <summary>Another latch below holds the one that it would end.</summary>
    HeldBelow,

    /// <summary>It would hide a latch, which takes the right to reset that latch.</summary>
    Latched,

    /// <summary>There is nothing that it could apply to, or the same is being changed at this moment.</summary>
    Conflict,

    /// <summary>The component is no longer as it was when the person decided.</summary>
    Outdated,

    /// <summary>It could not be committed in time, and is not in force.</summary>
    NotStored,
}
