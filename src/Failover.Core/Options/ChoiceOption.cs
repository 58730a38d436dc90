using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>An option that is one of a few words.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public abstract record ChoiceOption(string Name, string Meaning) : ScalarOption(Name, Meaning)
{
    /// <summary>The words, each in the case in which it is written.</summary>
    public abstract ImmutableArray<string> Choices { get; }

    /// <inheritdoc/>
    public override string Accepted => string.Join(" or ", Choices);
}

/// <summary>An option that is a member of an enumeration.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Fallback">The value where none is given.</param>
public sealed record ChoiceOption<T>(string Name, string Meaning, T Fallback) : ChoiceOption(Name, Meaning)
    where T : struct, Enum
{
    /// <summary>Whether the words are in capitals, as the types of DNS records; else they are in lower case.</summary>
    public bool IsInCapitals { get; init; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Choices => [.. Enum.GetValues<T>().Select(Word)];

    /// <inheritdoc/>
    public override string? Default => Word(Fallback);

    /// <summary>The given value, checked.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a member of the enumeration.</exception>
    public T Check(T given) => Enum.IsDefined(given) ? given : throw Refuse(given);

    internal override Parsed Parse(string text) =>
        Parsed.OneOf(text, Enum.GetValues<T>().Select(value => (Word(value), value)));

    internal override string Text(object value) => Word((T)value);

    // Words in configuration files are in lower case, but for those that are nowhere.
#pragma warning disable CA1308
    private string Word(T value) =>
        IsInCapitals ? value.ToString().ToUpperInvariant() : value.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
