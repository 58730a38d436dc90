namespace Failover.Abstractions;

/// <summary>An option that is a function. Always required.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public sealed record CallableOption(string Name, string Meaning) : Option(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "a function that returns true, false or an observation";

    /// <inheritdoc/>
    public override string? Default => null;

    /// <summary>The given function.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public T Check<T>(T? given)
        where T : Delegate => given ?? throw Refuse(null);

    /// <summary>Two functions cannot be distinguished by a text.</summary>
    internal override string Text(object value) => "a function";
}
