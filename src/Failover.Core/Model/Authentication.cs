namespace Failover.Abstractions;

/// <summary>Where the people are listed who may change a decision: a description that is opened when the server starts.</summary>
public abstract record Authentication
{
    /// <summary>For descriptions of user lists.</summary>
    protected Authentication() { }

    /// <summary>The description in one line that tells it from every other one.</summary>
    internal virtual string FullText => EscapedText.Of($"{this}");
}
