namespace Failover;

/// <summary>What came of an export.</summary>
/// <param name="Result">Whether it was taken.</param>
/// <param name="Problem">What is wrong, with what the receiver said as it is: not to be shown before secrets are taken out; null where
/// nothing is.</param>
/// <param name="Pause">How long the receiver wants to be left alone; null: it does not say.</param>
internal readonly record struct OtlpOutcome(OtlpResult Result, string? Problem = null, TimeSpan? Pause = null)
{
    public static OtlpOutcome Failed(string problem, TimeSpan? pause = null) => new(OtlpResult.Failed, problem, pause);
}

/// <summary>Whether an export was taken.</summary>
internal enum OtlpResult
{
    /// <summary>It was, as a whole.</summary>
    Ok,

    /// <summary>It was, but the receiver complains of something in it.</summary>
    Partial,

    /// <summary>It was not.</summary>
    Failed,
}
