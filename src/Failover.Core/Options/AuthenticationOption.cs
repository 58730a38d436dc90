namespace Failover.Abstractions;

/// <summary>An option that says who may do something.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">Who may where nobody is named, in words.</param>
public sealed record AuthenticationOption(string Name, string Meaning, string Default = "none; no POST fires it")
    : Option(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "an htpasswd file";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    internal override string Text(object value) => ((Authentication)value).FullText;
}
