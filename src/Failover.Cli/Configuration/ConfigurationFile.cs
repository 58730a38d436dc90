using System.Collections.Immutable;

namespace Failover;

/// <summary>Reads the configuration file, whole, and reports all its errors at once.</summary>
internal static class ConfigurationFile
{
    private static readonly string[] Keys = [.. FileKeys.Top.Select(key => key.Name).Order(StringComparer.Ordinal)];

    /// <summary>Reads a file and all that it names. Throws for nothing that is in them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="environment">The environment's variables; null where one is not set.</param>
    /// <param name="known">What an earlier reading has made of components; left out, nothing. It comes to the same without it, errors
    /// included, but takes longer.</param>
    public static ConfigurationReading Read(
        string file,
        Func<string, string?> environment,
        KnownComponents? known = null
    )
    {
        if (known is null or { IsEmpty: true })
        {
            return ReadWith(KnownComponents.None, file, environment, new())!;
        }

        FileReader reader = new() { KeepsReadings = true };
        ConfigurationReading? reading = ReadWith(known, file, environment, reader);
        known.Rest();
        if (reading is null)
        {
            reader.BeginAgain();
            reading = ReadWith(KnownComponents.None, file, environment, reader);
        }

        return reading!;
    }

    // Null where what is known is of no use: something else has changed, or something is wrong, and has to be said with its place.
    private static ConfigurationReading? ReadWith(
        KnownComponents known,
        string file,
        Func<string, string?> environment,
        FileReader reader
    )
    {
        ConfigurationErrors errors = new();
        using SurroundingText surroundings = new();
        SourceFiles sources = new(reader, errors, known, surroundings);
        sources.Read(file);
        // Ports may be given by the names in it.
        surroundings.Add(Services.System.Version);
        UInt128 shared = surroundings.Hash();
        if (!known.IsEmpty && !known.HasSameSurroundings(shared))
        {
            return null;
        }

        Substitution texts = new(environment, reader, errors);
        OptionBinder options = new(texts, errors);
        Dictionary<string, YamlNode> top = TopLevel(sources.Files, errors);
        Defaults defaults = top.TryGetValue(FileKeys.Defaults, out YamlNode? given)
            ? Defaults.Read(given, options, errors)
            : Defaults.None;
        bool areDefaultsText = options.Dependencies == 0;
        NamedTasks named = new(sources.Files.Count == sources.Names.Count, errors);
        TaskBinder tasks = new(named, options, defaults, errors);
        ComponentBinder components = new(named, tasks, options, errors);
        foreach (YamlNode node in All(FileKeys.Tasks, sources))
        {
            named.Add(node);
        }

        foreach (SourceFile source in sources.Files)
        {
            foreach (YamlEntry entry in source.Root.Entries.Where(entry => entry.Name == FileKeys.Components))
            {
                if (!components.Add(entry.Value, source.Blocks))
                {
                    return null;
                }
            }
        }

        named.BindAll(tasks);
        components.BindAll();

        ListenBinder listen = new(options, errors);
        TlsFiles? tls = listen.BindTls(top.GetValueOrDefault(FileKeys.Tls));
        ManagementAccess access = new AccessBinder(options, errors).Bind(top.GetValueOrDefault(FileKeys.Access));
        // A default applies where nothing else is given: it is tried last.
        ListenAddress? saidManagement = top.TryGetValue(FileKeys.Management, out YamlNode? at)
            ? listen.BindManagement(at)
            : null;
        AgentSettings? agent = listen.BindAgent(top.GetValueOrDefault(FileKeys.Agent));
        StateSettings state = new StateBinder(options, errors).Bind(top.GetValueOrDefault(FileKeys.State));
        (ProbeLimits probes, ModuleSet modules) = new ProbesBinder(tasks, options, errors).Bind(
            top.GetValueOrDefault(FileKeys.Probes)
        );
        FailoverConfiguration configuration = new()
        {
            File = file,
            Sources = [.. sources.Names, .. texts.Files],
            SecretFiles = [.. texts.Files],
            Tls = tls,
            Listen = listen.BindListen(top.GetValueOrDefault(FileKeys.Listen)),
            Management = at is null ? listen.BindManagement(node: null) : saidManagement,
            ManagementAt = at?.Position ?? new(file),
            Access = access,
            Agent = agent,
            State = state,
            TrackFiles = top.TryGetValue(FileKeys.TrackFiles, out YamlNode? folder)
                ? options.BindPath(folder, FileKeys.TrackFiles, FileKeys.Top.Of(FileKeys.TrackFiles).Accepted)
                : null,
            History = new HistoryBinder(options, errors).Bind(top.GetValueOrDefault(FileKeys.History), state.File),
            Otlp = new OtlpBinder(options, errors).Bind(top.GetValueOrDefault(FileKeys.Otlp)),
            Connections = new ConnectionsBinder(options, errors).Bind(top.GetValueOrDefault(FileKeys.Connections)),
            Probes = probes,
            Modules = modules,
            ReloadTrigger = ReloadTriggers.Bind(top.GetValueOrDefault(FileKeys.Reload), options),
            Components =
            [
                .. new GuardsBinder(options, errors).Bind(
                    top.GetValueOrDefault(FileKeys.Guards),
                    components.Components,
                    components.Positions.Keys
                ),
            ],
            Maintenance = new MaintenanceBinder(options, errors).Bind(
                top.GetValueOrDefault(FileKeys.Maintenance),
                components.Positions.Keys
            ),
            Notifications = new NotificationsBinder(options, errors).Bind(
                top.GetValueOrDefault(FileKeys.Notifications),
                components.Positions.Keys
            ),
            PasswordFiles = options.PasswordFiles,
            TrustedProxies = new TrustedProxyBinder(options).Bind(top.GetValueOrDefault(FileKeys.TrustedProxies)),
            Positions = components.Positions,
            TaskNames = named.Names,
            Secrets = texts.Secrets,
            Known = areDefaultsText ? new(shared, [.. components.Known]) : KnownComponents.None,
        };
        if (errors.Count == 0 && !All(FileKeys.Components, sources).Any() && !All(FileKeys.Include, sources).Any())
        {
            errors.Add(
                sources.Files[0].Root.Position,
                $"{FileKeys.Components} is missing",
                FileKeys.Top.Of(FileKeys.Components).Accepted
            );
        }

        if (!known.IsEmpty && errors.Count > 0)
        {
            return null;
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
