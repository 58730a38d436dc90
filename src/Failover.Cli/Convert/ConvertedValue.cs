using System.Text;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>A value of a failover.yaml that is being written.</summary>
internal abstract class ConvertedValue
{
    /// <summary>Whether there are remarks in it, which need lines of their own.</summary>
    public abstract bool HasRemarks { get; }

    /// <summary>How many of its remarks name something that could not be converted.</summary>
    public abstract int Losses { get; }
}

/// <summary>A scalar.</summary>
/// <param name="text">As the file means it: <c>${env:NAME}</c> is the value of a variable. See <see cref="Literal"/>.</param>
internal sealed partial class ConvertedText(string text) : ConvertedValue
{
    public string Text => text;

    public override bool HasRemarks => false;

    public override int Losses => 0;

    /// <summary>A text in which nothing is replaced.</summary>
    public static string Literal(string text) => text.Replace("${", "$${", StringComparison.Ordinal);

    /// <summary>A regular expression for a text, in which variables stay variables: their values are read as regular expressions.</summary>
    public static string Pattern(string text)
    {
        StringBuilder pattern = new();
        int from = 0;
        foreach (Match place in Place().Matches(text))
        {
            pattern.Append(Regex.Escape(text[from..place.Index]));
            pattern.Append(place.Value == "$${" ? Regex.Escape("${") : place.Value);
            from = place.Index + place.Length;
        }

        return pattern.Append(Regex.Escape(text[from..])).ToString();
    }

    [GeneratedRegex(@"\$\$\{|\$\{[^{}]*\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Place();
}

/// <summary>A list.</summary>
/// <param name="items">Its items.</param>
internal sealed class ConvertedList(IReadOnlyList<ConvertedValue> items) : ConvertedValue
{
    public IReadOnlyList<ConvertedValue> Items => items;

    public override bool HasRemarks => items.Any(item => item.HasRemarks);

    public override int Losses => items.Sum(item => item.Losses);

    public static ConvertedList Of(IEnumerable<string> texts) =>
        new([.. texts.Select(text => new ConvertedText(text))]);
}

/// <summary>A line of a mapping: an entry, or a remark, which has no key.</summary>
internal readonly record struct ConvertedLine(string? Key, ConvertedValue? Value, string Remark, bool IsLoss);

/// <summary>A mapping, with remarks between its entries.</summary>
/// <param name="isBlock">Whether each entry has a line of its own, however short it is.</param>
internal sealed class ConvertedMap(bool isBlock = false) : ConvertedValue
{
    private readonly List<ConvertedLine> lines = [];

    public IReadOnlyList<ConvertedLine> Lines => lines;

    public bool IsBlock => isBlock;

    public IEnumerable<string> Keys => lines.Where(line => line.Key is not null).Select(line => line.Key!);

    public override bool HasRemarks => lines.Any(line => line.Key is null || line.Value!.HasRemarks);

    public override int Losses => lines.Sum(line => line.IsLoss ? 1 : line.Value?.Losses ?? 0);

    public ConvertedValue? this[string key] => lines.Find(line => line.Key == key).Value;

    /// <summary>Adds an entry.</summary>
    /// <exception cref="ArgumentException">There is one of this key: a file with both would be refused.</exception>
    public ConvertedMap Add(string key, ConvertedValue value)
    {
        if (this[key] is not null)
        {
            throw new ArgumentException($"a second {key}", nameof(key));
        }

        lines.Add(new(key, value, "", IsLoss: false));
        return this;
    }

    public ConvertedMap Add(string key, string text) => Add(key, new ConvertedText(text));

    /// <summary>Adds an entry in the place of the one of this key, if there is one.</summary>
    public ConvertedMap Set(string key, string text)
    {
        lines.RemoveAll(line => line.Key == key);
        return Add(key, text);
    }

    public ConvertedMap AddIf(string key, string? text) => text is null ? this : Add(key, text);

    /// <summary>Adds <c>true</c>, or nothing.</summary>
    public ConvertedMap AddIf(string key, bool isOn) => isOn ? Add(key, "true") : this;

    public ConvertedMap AddIf(string key, IReadOnlyCollection<string> texts) =>
        texts.Count == 0 ? this : Add(key, ConvertedList.Of(texts));

    public ConvertedMap AddIf(string key, ConvertedMap map) => map.lines.Count == 0 ? this : Add(key, map);

    /// <summary>Adds the lines of another mapping.</summary>
    /// <exception cref="ArgumentException">Both have an entry of one key.</exception>
    public ConvertedMap AddAll(ConvertedMap other)
    {
        foreach (ConvertedLine line in other.lines)
        {
            if (line.Key is { } key)
            {
                Add(key, line.Value!);
            }
            else
            {
                lines.Add(line);
            }
        }

        return this;
    }

    /// <summary>Writes down, where it stood, what could not be converted.</summary>
    /// <param name="line">The line of the source, from 1.</param>
    /// <param name="what">What it is, and why. The same is said once.</param>
    public void Lose(int line, string what)
    {
        ConvertedLine loss = new(Key: null, Value: null, $"not converted, line {line}: {what}", IsLoss: true);
        if (!lines.Contains(loss))
        {
            lines.Add(loss);
        }
    }

    /// <summary>Writes down what a reader should know; nothing was lost.</summary>
    public void Note(string what) => lines.Add(new(Key: null, Value: null, what, IsLoss: false));

    /// <summary>The same entries without some, and without remarks.</summary>
    public ConvertedMap Without(params string[] keys)
    {
        ConvertedMap rest = new(isBlock);
        rest.lines.AddRange(lines.Where(line => line.Key is not null && !keys.Contains(line.Key)));
        return rest;
    }

    /// <summary>The same entries and one more.</summary>
    public ConvertedMap With(string key, string text) => Without(key).Add(key, text);
}
