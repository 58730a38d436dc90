namespace Failover;

/// <summary>What a combinator says of itself for an <see cref="Explanation"/>.</summary>
/// <param name="Evidence">What it rests on; empty where there is nothing to say.</param>
/// <param name="Flip">What would change its state; empty where that depends on the nodes
/// below it.</param>
/// <param name="Beside">What else is to come, as when it goes stale. May be empty.</param>
internal sealed record NodeExplanation(string Evidence, string Flip, string Beside = "")
{
    /// <summary>Whether latches make it fail, its own or those below it.</summary>
    public bool IsLatched { get; init; }

    public string Outlook => ExplanationText.Join(Flip, Beside);
}
