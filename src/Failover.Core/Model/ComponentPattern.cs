using System.IO.Enumeration;

namespace Failover;

/// <summary>Names of several components in one text: <c>shop/*</c> is whatever is below <c>shop/</c>.</summary>
internal static class ComponentPattern
{
    public const string Accepted = "the name of a component, or a pattern with * and ?; or a list of them";

    /// <summary>Whether a component is meant. <c>*</c> stands for any text, slashes too, and <c>?</c> for any character.</summary>
    public static bool Matches(string pattern, string component) =>
#pragma warning disable RS0030 // No I/O: it compares two texts.
        FileSystemName.MatchesSimpleExpression(pattern, component, ignoreCase: false);
#pragma warning restore RS0030

    /// <summary>The patterns that match none of some components.</summary>
    public static IEnumerable<string> UnknownTo(IReadOnlyCollection<string> names, IEnumerable<string>? patterns) =>
        patterns?.Where(pattern => !names.Any(name => Matches(pattern, name))) ?? [];
}
