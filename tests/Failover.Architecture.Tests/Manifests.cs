using YamlDotNet.RepresentationModel;
using YamlItem = YamlDotNet.RepresentationModel.YamlNode;

namespace Failover;

/// <summary>Kubernetes manifests in pages. There is no cluster here: what is tested is that they are complete and fit together.</summary>
internal static class Manifests
{
    public static bool IsManifest(string text) => text.StartsWith("apiVersion:", StringComparison.Ordinal);

    /// <summary>What is missing in them.</summary>
    public static IEnumerable<string> Errors(string text)
    {
        YamlMappingNode[] documents = [.. Documents(text)];
        foreach (YamlMappingNode document in documents)
        {
            string name = $"{Scalar(document, "kind")} {Scalar(document, "metadata", "name")}";
            if (name.Split(' ').Any(part => part.Length == 0) || Scalar(document, "apiVersion").Length == 0)
            {
                yield return $"{name}: apiVersion, kind or name is missing";
            }

            string[] volumes =
            [
                .. Lists(document, "volumes").Select(volume => Scalar(volume, "name")),
                .. Lists(document, "volumeClaimTemplates").Select(claim => Scalar(claim, "metadata", "name")),
            ];
            foreach (
                string mount in Lists(document, "volumeMounts")
                    .Select(mount => Scalar(mount, "name"))
                    .Except(volumes, StringComparer.Ordinal)
            )
            {
                yield return $"{name}: no volume \"{mount}\"";
            }
        }

        IEnumerable<string> mounted = documents
            .SelectMany(document => Lists(document, "volumes"))
            .Select(volume => Scalar(volume, "configMap", "name"))
            .Where(name => name.Length > 0);
        IEnumerable<string> present = documents
            .Where(document => Scalar(document, "kind") == "ConfigMap")
            .Select(document => Scalar(document, "metadata", "name"));
        foreach (string missing in mounted.Except(present, StringComparer.Ordinal))
        {
            yield return $"no ConfigMap \"{missing}\"";
        }
    }

    /// <summary>The configurations of Failover in them.</summary>
    public static IEnumerable<string> Configurations(string text) =>
        Documents(text)
            .Where(document => Scalar(document, "kind") == "ConfigMap")
            .Select(document => Scalar(document, "data", "failover.yaml"));

    private static IEnumerable<YamlMappingNode> Documents(string text)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        return stream.Documents.Select(document => (YamlMappingNode)document.RootNode);
    }

    private static string Scalar(YamlItem node, params IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            if (
                node is not YamlMappingNode mapping
                || !mapping.Children.TryGetValue(new YamlScalarNode(key), out node!)
            )
            {
                return "";
            }
        }

        return (node as YamlScalarNode)?.Value ?? "";
    }

    // The items of every list with this key, however deep.
    private static IEnumerable<YamlItem> Lists(YamlItem node, string key) =>
        node switch
        {
            YamlMappingNode mapping => mapping.Children.SelectMany(pair =>
                (pair.Key as YamlScalarNode)?.Value == key && pair.Value is YamlSequenceNode found
                    ? found.Children
                    : Lists(pair.Value, key)
            ),
            YamlSequenceNode sequence => sequence.Children.SelectMany(item => Lists(item, key)),
            _ => [],
        };
}
