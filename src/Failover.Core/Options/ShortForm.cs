namespace Failover;

/// <summary>A short text for several options.</summary>
/// <param name="Accepted">What it looks like, as <c>HOST:PORT</c>.</param>
/// <param name="Split">The options and their texts; null where the text is of another form.</param>
internal sealed record ShortForm(
    string Accepted,
    Func<string, IReadOnlyList<(ScalarOption Option, string Text)>?> Split
);
