using System.Collections.Immutable;

namespace Failover;

/// <summary>Reads which components are meant: names, and patterns with * and ?.</summary>
/// <param name="options">Reads texts.</param>
/// <param name="errors">Takes what is wrong.</param>
/// <param name="place">Whose components they are, for errors.</param>
/// <param name="names">The names of all components.</param>
internal sealed class ComponentPatterns(
    OptionBinder options,
    ConfigurationErrors errors,
    string place,
    IReadOnlyCollection<string> names
)
{
    /// <summary>The patterns that are texts, and the components that one of them matches.</summary>
    public (ImmutableArray<string> Patterns, ImmutableHashSet<string> Matching) Bind(YamlNode node)
    {
        string accepted = ComponentPattern.Accepted;
        if (node is YamlList { Items.IsEmpty: true })
        {
            errors.Add(node.Position, $"{FileKeys.Components} of {place} is an empty list", accepted);
        }

        List<string> patterns = [];
        ImmutableHashSet<string>.Builder members = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (YamlNode item in node is YamlList list ? [.. list.Items] : new[] { node })
        {
            if (options.ReadText(item, FileKeys.Components, accepted) is not { } pattern)
            {
                continue;
            }

            string[] matching = [.. names.Where(name => ComponentPattern.Matches(pattern.Text, name))];
            members.UnionWith(matching);
            patterns.Add(pattern.Text);
            if (matching.Length == 0)
            {
                errors.Add(
                    item.Position,
                    $"{FileKeys.Components} of {place} is {pattern.Shown}, an unknown component",
                    accepted,
                    pattern.IsSecret ? null : errors.Guess(pattern.Text, names)
                );
            }
        }

        return ([.. patterns], members.ToImmutable());
    }
}
