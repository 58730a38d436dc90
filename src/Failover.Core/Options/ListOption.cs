namespace Failover.Abstractions;

/// <summary>An option that is a list of values, each written as one text. Never empty: what is left out has a default.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="ItemOption">What each value is; its name and meaning are of no use.</param>
/// <param name="Default">The default in words; null where the option is required.</param>
public abstract record ListOption(string Name, string Meaning, ScalarOption ItemOption, string? Default)
    : Option(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => $"{ItemOption.Accepted}; several in a list";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>The list of values that <see cref="ItemOption"/> has read: what the constructor of the task takes.</summary>
    internal abstract object Of(IEnumerable<object> values);
}

/// <summary>A list of values of one type.</summary>
/// <typeparam name="T">What <paramref name="ItemOption"/> reads.</typeparam>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="ItemOption">What each value is.</param>
/// <param name="Default">The default in words; null where the option is required.</param>
public sealed record ListOption<T>(string Name, string Meaning, ScalarOption ItemOption, string? Default = null)
    : ListOption(Name, Meaning, ItemOption, Default)
    where T : notnull
{
    /// <summary>The given values, checked; null where none are given and there is a default.</summary>
    /// <exception cref="ArgumentException">No list where it is required, an empty one, or a value out of bounds.</exception>
    internal ValueList<T>? Check(IEnumerable<T>? given)
    {
        if (given is null)
        {
            return Default is null ? throw Refuse(null) : null;
        }

        ValueList<T> list = new(given);
        foreach (T value in list)
        {
            if (value is null || !ItemOption.Takes(value))
            {
                throw Refuse($"a list with {Printable.Quoted(value is null ? "null" : ItemOption.Text(value))}");
            }
        }

        return list.Count > 0 ? list : throw Refuse("an empty list");
    }

    internal override object Of(IEnumerable<object> values) => new ValueList<T>(values.Cast<T>());

    internal override string Text(object value) =>
        $"[{string.Join(", ", ((ValueList<T>)value).Select(item => ItemOption.Text(item)))}]";
}
