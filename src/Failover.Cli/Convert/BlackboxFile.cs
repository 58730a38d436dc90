namespace Failover;

/// <summary>A configuration of blackbox_exporter (https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md).</summary>
/// <remarks>Its modules have no targets: these are in the configuration of Prometheus, and are given beside the file.</remarks>
internal sealed class BlackboxFile
{
    private readonly SourceMap root;
    private readonly IReadOnlyList<string> targets;
    private readonly ConvertedMap file = new(isBlock: true);
    private readonly ConvertedComponents components = new();

    private BlackboxFile(YamlMap root, IReadOnlyList<string> targets)
    {
        this.root = new(root, ConvertedText.Literal);
        this.targets = targets;
    }

    /// <summary>Converts it.</summary>
    /// <param name="root">The file.</param>
    /// <param name="targets">What is probed: <c>MODULE=TARGET</c>, or a target of each module.</param>
    public static ConvertedMap Convert(YamlMap root, IReadOnlyList<string> targets) =>
        new BlackboxFile(root, targets).Convert();

    private ConvertedMap Convert()
    {
        SourceMap modules = root.Map("modules");
        string[] names = [.. modules.Entries.Select(entry => entry.Name)];
        foreach (YamlEntry entry in modules.Entries)
        {
            if (modules.Of(entry.Value) is not { } module)
            {
                components.Map.Lose(entry.Key.Position.Line, $"module {entry.Name}, which is {entry.Value.Shape}");
                continue;
            }

            string[] own = [.. targets.Select(target => TargetOf(target, entry.Name, names)).OfType<string>()];
            foreach (string? target in own.Length == 0 ? new string?[1] : own)
            {
                Add(entry.Name, module, target, isOne: own.Length <= 1);
            }
        }

        root.LoseRest(file);
        return file.Add("components", components.Map);
    }

    private static string? TargetOf(string given, string module, string[] modules) =>
        given.Split('=', 2) is [var named, var target] && modules.Contains(named, StringComparer.Ordinal)
            ? (named == module ? target : null)
            : given;

    private void Add(string name, SourceMap module, string? target, bool isOne)
    {
        string part = ConvertedComponents.Part(name);
        ConvertedMap remarks = new();
        if (target is null)
        {
            remarks.Lose(
                module.Line,
                $"the target, which Prometheus gives: put it in the place of {BlackboxModule.Placeholder}, or convert with --target {name}=TARGET"
            );
        }

        ConvertedMap? task = new BlackboxModule(module, target, remarks).Task();
        module.LoseRest(remarks);
        components.Add(
            isOne ? part : $"{part}/{ConvertedComponents.Part(target!.Split("://")[^1])}",
            module.Line,
            task,
            new(),
            remarks
        );
    }
}
