using System.Globalization;

namespace Failover;

/// <summary>Status codes of HTTP, given as a number or as two with a dash: <c>200</c>, <c>"200-299"</c>.</summary>
public readonly record struct StatusRange
{
    /// <summary>The lowest status code.</summary>
    public const int Lowest = 100;

    /// <summary>The highest status code.</summary>
    public const int Highest = 599;

    /// <summary>The codes from one to another, both included. Whoever takes it says whether they are codes.</summary>
    public StatusRange(int first, int last) => (First, Last) = (first, last);

    /// <summary>The first code.</summary>
    public int First { get; }

    /// <summary>The last code, included.</summary>
    public int Last { get; }

    internal bool IsValid => First >= Lowest && Last <= Highest && First <= Last;

    /// <summary>One code.</summary>
    public static implicit operator StatusRange(int code) => new(code, code);

    /// <summary>One code, or two with a dash.</summary>
    public static implicit operator StatusRange(string? text)
    {
        string[] parts = (text ?? "").Split('-', 2);
        return Number(parts[0]) is { } first && Number(parts[^1]) is { } last ? new(first, last) : default;
    }

    /// <summary>Whether a code is one of them.</summary>
    public bool Contains(int code) => code >= First && code <= Last;

    /// <summary><c>200</c>, or <c>200-299</c>.</summary>
    public override string ToString() =>
        First == Last
            ? First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    private static int? Number(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
