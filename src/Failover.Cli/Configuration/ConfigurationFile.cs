using System.Collections.Immutable;

namespace Failover;

/// <summary>Reads the configuration file, whole, and reports all its errors at once.</summary>
internal static class ConfigurationFile
{
    private static readonly string[] Keys = [.. FileKeys.Top.Select(key => key.Name).Order(StringComparer.Ordinal)];

    /// <summary>Reads a file and all that it names. Throws for nothing that is in them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="environment">The environment's variables; null where one is not set.</param>
    public static ConfigurationReading Read(string file, Func<string, string?> environment)
    {
        ConfigurationErrors errors = new();
        FileReader reader = new();
        SourceFiles sources = new(reader, errors);
        sources.Read(file);

        Substitution texts = new(environment, reader, errors);
        OptionBinder options = new(texts, errors);
        Dictionary<string, YamlNode> top = TopLevel(sources.Files, errors);
        Defaults defaults = top.TryGetValue(FileKeys.Defaults, out YamlNode? given)
            ? Defaults.Read(given, options, errors)
            : Defaults.None;
        NamedTasks named = new(sources.Files.Count == sources.Names.Count, errors);
        TaskBinder tasks = new(named, options, defaults, errors);
        ComponentBinder components = new(named, tasks, options, errors);
        foreach (YamlNode node in All(FileKeys.Tasks, sources))
        {
            named.Add(node);
        }

        foreach (YamlNode node in All(FileKeys.Components, sources))
        {
            components.Add(node);
        }

        named.BindAll(tasks);
        components.BindAll();

        ListenBinder listen = new(options, errors);
        TlsFiles? tls = listen.BindTls(top.GetValueOrDefault(FileKeys.Tls));
        // A default applies where nothing else is given: it is tried last.
        ListenAddress? saidManagement = top.TryGetValue(FileKeys.Management, out YamlNode? at)
            ? listen.BindManagement(at)
            : null;
        StateSettings state = new StateBinder(options, errors).Bind(top.GetValueOrDefault(FileKeys.State));
        FailoverConfiguration configuration = new()
        {
            File = file,
            Sources = [.. sources.Names, .. texts.Files],
            SecretFiles = [.. texts.Files],
            Tls = tls,
            Listen = listen.BindListen(top.GetValueOrDefault(FileKeys.Listen)),
            Management = at is null ? listen.BindManagement(node: null) : saidManagement,
            State = state,
            History = new HistoryBinder(options, errors).Bind(top.GetValueOrDefault(FileKeys.History), state.File),
            Connections = new ConnectionsBinder(options, errors).Bind(top.GetValueOrDefault(FileKeys.Connections)),
            Probes = new ProbesBinder(options, errors).Bind(top.GetValueOrDefault(FileKeys.Probes)),
            ReloadTrigger = ReloadTriggers.Bind(top.GetValueOrDefault(FileKeys.Reload), options),
            Components =
            [
                .. new GuardsBinder(options, errors).Bind(
                    top.GetValueOrDefault(FileKeys.Guards),
                    components.Components,
                    components.Positions.Keys
                ),
            ],
            PasswordFiles = options.PasswordFiles,
            TrustedProxies = new TrustedProxyBinder(options).Bind(top.GetValueOrDefault(FileKeys.TrustedProxies)),
            Positions = components.Positions,
            TaskNames = named.Names,
            Secrets = texts.Secrets,
        };
        if (errors.Count == 0 && !All(FileKeys.Components, sources).Any() && !All(FileKeys.Include, sources).Any())
        {
            errors.Add(
                sources.Files[0].Root.Position,
                $"{FileKeys.Components} is missing",
                FileKeys.Top.Of(FileKeys.Components).Accepted
            );
        }

        return new(
            errors.Count == 0 ? configuration : null,
            errors.InOrder(sources.Names),
            [.. sources.Names, .. texts.Files],
            reader.Contents
        );
    }

    private static IEnumerable<YamlNode> All(string key, SourceFiles sources) =>
        sources
            .Files.SelectMany(file => file.Root.Entries.Where(entry => entry.Name == key))
            .Select(entry => entry.Value);

    private static Dictionary<string, YamlNode> TopLevel(IReadOnlyList<SourceFile> files, ConfigurationErrors errors)
    {
        Dictionary<string, YamlNode> top = new(StringComparer.Ordinal);
        foreach (SourceFile file in files)
        {
            IReadOnlyList<string> keys = file.IsIncluded ? FileKeys.Included : Keys;
            foreach (YamlEntry entry in file.Root.FixedEntries)
            {
                if (!keys.Contains(entry.Name, StringComparer.Ordinal))
                {
                    string where = file.IsIncluded ? " in an included file" : "";
                    errors.Add(
                        entry.Key.Position,
                        $"unknown key {Printable.Quoted(entry.Name)}{where}",
                        string.Join(", ", keys),
                        errors.Guess(entry.Name, keys)
                    );
                }
                else if (!file.IsIncluded)
                {
                    top.Add(entry.Name, entry.Value);
                }
            }
        }

        return top;
    }
}
