namespace Failover;

/// <summary>A file of the configuration: its top-level keys, and the lines of its components.</summary>
internal sealed record SourceFile(string File, YamlMap Root, bool IsIncluded, YamlBlocks Blocks);

/// <summary>Reads a configuration file and all that it includes.</summary>
/// <param name="reader">Reads them.</param>
/// <param name="errors">Takes what is wrong.</param>
/// <param name="known">Components whose lines need not be read again.</param>
/// <param name="surroundings">Takes all text beside those of components.</param>
internal sealed class SourceFiles(
    FileReader reader,
    ConfigurationErrors errors,
    KnownComponents known,
    SurroundingText surroundings
)
{
    private const int DeepestNesting = 20;
    private const string AcceptedFolder = "a folder that exists and that this process may list; it may be empty";
    private const string Accepted = "the path of a file, or a pattern with * and ?";

    private readonly List<SourceFile> files = [];
    private readonly List<string> names = [];
    private readonly Dictionary<string, Position> places = new(StringComparer.Ordinal);
    private readonly YamlBudget budget = new();

    /// <summary>The files that could be read, each before those that it includes.</summary>
    public IReadOnlyList<SourceFile> Files => files;

    /// <summary>Every file that was looked for, in that order.</summary>
    public IReadOnlyList<string> Names => names;

    public void Read(string file) => Read(file, new(file), "the file", []);

    private void Read(string file, Position at, string called, IReadOnlyList<string> above)
    {
        names.Add(file);
        if (YamlFile.Read(file, at, called, reader, errors) is not { } text)
        {
            return;
        }

        places.Add(Path.GetFullPath(file), at);
        YamlBlocks blocks = new(known);
        YamlNode? root = YamlReader.Read(file, text, errors, budget, blocks);
        surroundings.Add(file, text, blocks);
        if (root is YamlMap map)
        {
            files.Add(new(file, map, IsIncluded: above.Count > 0, blocks));
            foreach (YamlEntry entry in map.Entries.Where(entry => entry.Name == FileKeys.Include))
            {
                Include(entry.Value, [.. above, file]);
            }
        }
        else if (root is not null)
        {
            errors.Add(root.Position, $"the file is {root.Shape}", "a mapping");
        }
    }

    private void Include(YamlNode node, IReadOnlyList<string> above)
    {
        switch (node)
        {
            case YamlList list:
                foreach (YamlNode item in list.Items)
                {
                    if (item is YamlList)
                    {
                        errors.Add(item.Position, "include is a list in a list", Accepted);
                    }
                    else
                    {
                        Include(item, above);
                    }
                }

                break;
            case YamlText { IsEmpty: false, Text: { Length: > 0 } path }:
                Include(path, node.Position, above);
                break;
            default:
                errors.Add(
                    node.Position,
                    $"include is {(node is YamlText ? "empty" : node.Shape)}",
                    $"{Accepted}, or a list of them"
                );
                break;
        }
    }

    private void Include(string path, Position at, IReadOnlyList<string> above)
    {
        if (path.Contains("${", StringComparison.Ordinal) || path.Contains('\0', StringComparison.Ordinal))
        {
            errors.Add(at, $"include is {Printable.Quoted(path)}, and no place for ${{…}}", Accepted);
            return;
        }

        string full = FilePath.Of(path, above[^1]);
        if (!IncludePattern.IsPattern(path))
        {
            IncludeFile(full, at, above);
            return;
        }

        try
        {
            foreach (string file in IncludePattern.Files(full, reader))
            {
                IncludeFile(file, at, above);
            }
        }
        catch (FolderFault fault)
        {
            errors.Add(
                at,
                $"include {Printable.Quoted(full)}: the folder {Printable.Quoted(fault.Folder)} cannot be listed: {fault.Message}",
                AcceptedFolder
            );
        }
    }

    private void IncludeFile(string file, Position at, IReadOnlyList<string> above)
    {
        string called = $"include {Printable.Quoted(file)}";
        string full = Path.GetFullPath(file);
        int circle = above.ToList().FindIndex(outer => Path.GetFullPath(outer) == full);
        if (circle >= 0)
        {
            string way = string.Join(" -> ", above.Skip(circle).Append(file).Select(line => Printable.Escape(line)));
            errors.Add(at, $"{called} goes in a circle: {way}");
        }
        else if (places.TryGetValue(full, out Position first))
        {
            errors.Add(at, $"{called} appears twice, first at {first}");
        }
        else if (above.Count > DeepestNesting)
        {
            errors.Add(at, $"{called} is nested too deeply", $"up to {DeepestNesting} levels");
        }
        else
        {
            Read(file, at, called, above);
        }
    }
}
