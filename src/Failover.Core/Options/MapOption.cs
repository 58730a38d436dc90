namespace Failover.Abstractions;

/// <summary>An option that is a map: a value for each of some names, in their order. Never empty: an option that is left out has a
/// default.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="KeyOption">What each name is: an option whose values are texts.</param>
/// <param name="ValueOption">What each value is.</param>
/// <param name="Default">The default in words; null where the option is required.</param>
public abstract record MapOption(
    string Name,
    string Meaning,
    ScalarOption KeyOption,
    ScalarOption ValueOption,
    string? Default
) : Option(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => $"a mapping, each key {KeyOption.Accepted}, each value {ValueOption.Accepted}";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>The map of what <see cref="KeyOption"/> and <see cref="ValueOption"/> have read: what the constructor of the task
    /// takes.</summary>
    internal abstract object Of(IEnumerable<(string Key, object Value)> entries);

    /// <summary>The names and values of a map, in their order.</summary>
    internal abstract IEnumerable<KeyValuePair<string, object>> Entries(object value);
}

/// <summary>A map to values of one type.</summary>
/// <typeparam name="T">What <paramref name="ValueOption"/> reads.</typeparam>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="KeyOption">What each name is.</param>
/// <param name="ValueOption">What each value is.</param>
/// <param name="Default">The default in words; null where the option is required.</param>
public sealed record MapOption<T>(
    string Name,
    string Meaning,
    ScalarOption KeyOption,
    ScalarOption ValueOption,
    string? Default = null
) : MapOption(Name, Meaning, KeyOption, ValueOption, Default)
    where T : notnull
{
    /// <summary>The given entries, checked; null where none are given and there is a default.</summary>
    /// <exception cref="ArgumentException">No map where it is required, an empty one, a duplicate key, or a key or a value out of
    /// bounds.</exception>
    internal ValueList<KeyValuePair<string, T>>? Check(IEnumerable<KeyValuePair<string, T>>? given)
    {
        if (given is null)
        {
            return Default is null ? throw Refuse(null) : null;
        }

        ValueList<KeyValuePair<string, T>> map = new(given);
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach ((string key, T value) in map)
        {
            if (key is null || !KeyOption.Takes(key))
            {
                throw Refuse($"a map with the key {Printable.Quoted(key ?? "null")}");
            }

            if (!keys.Add(key))
            {
                throw Refuse($"a map with two of {Printable.Quoted(key)}");
            }

            if (value is null || !ValueOption.Takes(value))
            {
                string text = value is null ? "null" : ValueOption.Text(value);
                throw Refuse($"a map with {Printable.Quoted(text)} for {Printable.Quoted(key)}");
            }
        }

        return map.Count > 0 ? map : throw Refuse("an empty map");
    }

    internal override object Of(IEnumerable<(string Key, object Value)> entries) =>
        new ValueList<KeyValuePair<string, T>>(
            entries.Select(entry => new KeyValuePair<string, T>(entry.Key, (T)entry.Value))
        );

    internal override IEnumerable<KeyValuePair<string, object>> Entries(object value) =>
        ((ValueList<KeyValuePair<string, T>>)value).Select(entry =>
            KeyValuePair.Create(entry.Key, (object)entry.Value)
        );

    internal override string Text(object value)
    {
        IEnumerable<string> entries = ((ValueList<KeyValuePair<string, T>>)value).Select(entry =>
            $"{KeyOption.Text(entry.Key)}: {ValueOption.Text(entry.Value)}"
        );
        return $"{{{string.Join(", ", entries)}}}";
    }
}
