using System.Collections.Immutable;

namespace Failover;

/// <summary>What has the configuration read again: <c>reload</c>.</summary>
internal enum ReloadTrigger
{
    /// <summary>A change of the files, or a signal.</summary>
    Watch,

    /// <summary>A signal alone.</summary>
    Signal,
}

/// <summary>The words of <see cref="ReloadTrigger"/>.</summary>
internal static class ReloadTriggers
{
    private static readonly ImmutableArray<(string Word, ReloadTrigger Value)> Words =
    [
        ("watch", ReloadTrigger.Watch),
        ("signal", ReloadTrigger.Signal),
    ];

    public static ImmutableArray<string> All { get; } = [.. Words.Select(word => word.Word)];

    public static string Accepted { get; } = string.Join(" or ", All);

    public static string Word(ReloadTrigger trigger) => Words.Single(word => word.Value == trigger).Word;

    /// <summary>Reads it; any other value is an error.</summary>
    public static ReloadTrigger Bind(YamlNode? node, OptionBinder options) =>
        node is not null
        && options.ReadText(node, FileKeys.Reload, Accepted) is { } given
        && options.Take(Parsed.OneOf(given.Text, Words), FileKeys.Reload, given, Accepted) is ReloadTrigger trigger
            ? trigger
            : ReloadTrigger.Watch;
}
