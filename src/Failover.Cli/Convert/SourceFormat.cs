using System.Collections.Immutable;

namespace Failover;

/// <summary>A configuration format of other software.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="FileName">What its files are called, as people write it.</param>
/// <param name="Marks">Beginnings of lines that only such a file has.</param>
/// <param name="Convert">Makes a failover.yaml of a text; null, and reported, where it is no such file. With the targets to probe.</param>
internal sealed record SourceFormat(
    string Name,
    string FileName,
    ImmutableArray<string> Marks,
    Func<string, string, IReadOnlyList<string>, ConfigurationErrors, ConvertedMap?> Convert
)
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<SourceFormat> All { get; } =
    [
        new(
            "gatus",
            "gatus.yaml",
            ["endpoints:", "external-endpoints:", "suites:"],
            OfYaml((root, _) => GatusFile.Convert(root))
        ),
        new("blackbox", "blackbox.yml", ["modules:"], OfYaml(BlackboxFile.Convert)),
        new(
            "haproxy",
            "haproxy.cfg",
            ["backend ", "listen ", "frontend "],
            (_, text, _, _) => HaproxyFile.Convert(text)
        ),
        new(
            "keepalived",
            "keepalived.conf",
            ["virtual_server ", "vrrp_script ", "vrrp_instance ", "global_defs", "virtual_server_group "],
            (_, text, _, _) => KeepalivedFile.Convert(text)
        ),
    ];

    /// <summary>The format of a file, by what is in it, else by its name; null where neither says.</summary>
    public static SourceFormat? Find(string file, string text)
    {
        string name = Path.GetFileName(file);
        HashSet<string> starts = [.. text.Split('\n').Select(line => line.TrimEnd())];
        return All.FirstOrDefault(format =>
                format.Marks.Any(mark => starts.Any(line => line.StartsWith(mark, StringComparison.Ordinal)))
            ) ?? All.FirstOrDefault(format => name.Contains(format.Name, StringComparison.OrdinalIgnoreCase));
    }

    private static Func<string, string, IReadOnlyList<string>, ConfigurationErrors, ConvertedMap?> OfYaml(
        Func<YamlMap, IReadOnlyList<string>, ConvertedMap> convert
    ) =>
        (file, text, targets, errors) =>
        {
            YamlNode? root = YamlReader.Read(file, text, errors);
            if (root is not null and not YamlMap)
            {
                errors.Add(root.Position, $"the file is {root.Shape}", "a mapping");
            }

            return root is YamlMap map && errors.Count == 0 ? convert(map, targets) : null;
        };
}
