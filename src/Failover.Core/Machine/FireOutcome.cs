namespace Failover;

/// <summary>What came of firing a oneshot.</summary>
internal enum FireOutcome
{
    /// <summary>It is committed: its latches have ended, or it waits to be used.</summary>
    Armed,

    /// <summary>No latch of the component waits for it, or a fire is pending already: of several at once, one arms.</summary>
    NothingToReset,

    /// <summary>Another latch below holds the one that it would end.</summary>
    HeldBelow,

    /// <summary>It could not be committed in time, and is not in force.</summary>
    NotStored,
}
