namespace Failover.Abstractions;

/// <summary>An option whose value one text says.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public abstract record ScalarOption(string Name, string Meaning) : Option(Name, Meaning)
{
    /// <summary>Whether it is a password or the like, which nothing shows.</summary>
    public virtual bool IsSecret => false;

    /// <summary>The value that the text says, with its bounds checked: what the constructor of the task takes.</summary>
    internal abstract Parsed Parse(string text);

    /// <summary>A value as a file says it, before the file's own quoting: the text that <see cref="Parse"/> reads.</summary>
    internal virtual string FileText(object value) => value as string ?? Text(value);

    /// <summary>Whether a value is within the bounds, as a text that says it has to be.</summary>
    internal virtual bool Takes(object value) => Parse(Text(value)).IsValue;
}
