namespace Failover;

/// <summary>What came of firing a oneshot.</summary>
internal enum FireOutcome
{
    Armed,

    /// <summary>No toggle above waits for it, or it is armed already: of several fires at once, one arms.</summary>
    NothingToReset,

    /// <summary>It could not be stored, and so is none.</summary>
    NotStored,
}
