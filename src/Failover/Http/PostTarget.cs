namespace Failover;

/// <summary>What a POST to a path would do, by the configuration that is in force.</summary>
/// <param name="Subject">What the audit calls it.</param>
/// <param name="Judge">Says whether a request may.</param>
/// <param name="Act">Does it for one that may, from its body. The audit has who that is.</param>
/// <param name="Challenges">How one can log in.</param>
internal sealed record PostTarget(
    string Subject,
    Func<LoginRequest, CancellationToken, ValueTask<LoginVerdict>> Judge,
    Func<byte[], PostAudit, ValueTask<PostResult>> Act,
    params string[] Challenges
);

/// <summary>What came of a POST that passed.</summary>
/// <param name="Answer">What is answered.</param>
/// <param name="IsNoted">Whether it is in the log and the audit already, as far as it belongs there.</param>
internal readonly record struct PostResult(Answer Answer, bool IsNoted = false)
{
    /// <summary>Why it was refused, as the gate says; null where the answer says it.</summary>
    public string? Reason { get; init; }

    /// <summary>What the management API answers of what was made, in JSON; null: the outcome alone.</summary>
    public byte[]? Document { get; init; }
}
