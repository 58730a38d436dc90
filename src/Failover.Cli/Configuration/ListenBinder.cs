using System.Collections.Immutable;

namespace Failover;

/// <summary>Where the server listens: <c>listen</c>, <c>management</c>, <c>agent</c> and <c>tls</c>.</summary>
internal sealed class ListenBinder(OptionBinder options, ConfigurationErrors errors)
{
    private static readonly string AcceptedFile = FileKeys.OfTls.Of(FileKeys.Key).Accepted;
    private static readonly string TlsKeys = FileKeys.OfTls.Names();

    private readonly List<(ListenAddress Address, SubstitutedText Given, string Name)> known = [];
    private bool hasTls;

    /// <summary>Reads <c>tls</c>, which says what an address without a scheme speaks.</summary>
    public TlsFiles? BindTls(YamlNode? node)
    {
        hasTls = node is not null;
        if (node is null)
        {
            return null;
        }

        if (node is not YamlMap map)
        {
            errors.Add(node.Position, $"tls is {node.Shape}", $"a mapping of {TlsKeys}");
            return null;
        }

        string? certificate = null;
        string? key = null;
        foreach (YamlEntry entry in map.FixedEntries)
        {
            switch (entry.Name)
            {
                case FileKeys.Certificate:
                    certificate = options.BindPath(entry.Value, entry.Name, AcceptedFile) ?? "";
                    break;
                case FileKeys.Key:
                    key = options.BindPath(entry.Value, entry.Name, AcceptedFile) ?? "";
                    break;
                default:
                    string? nearest = errors.AddUnknownKey(entry, FileKeys.Tls, FileKeys.OfTls);
                    // What is misspelt is not missing as well.
                    certificate ??= nearest == FileKeys.Certificate ? "" : null;
                    key ??= nearest == FileKeys.Key ? "" : null;
                    break;
            }
        }

        foreach ((string name, string? value) in new[] { (FileKeys.Certificate, certificate), (FileKeys.Key, key) })
        {
            if (value is null)
            {
                errors.Add(node.Position, $"{name} is missing in tls", AcceptedFile);
            }
        }

        return certificate is { Length: > 0 } && key is { Length: > 0 } ? new(certificate, key) : null;
    }

    /// <summary>Reads <c>listen</c>: an address or a list of them.</summary>
    public ImmutableArray<ListenAddress> BindListen(YamlNode? node)
    {
        if (node is YamlList { Items.Length: 0 })
        {
            errors.Add(node.Position, "listen is an empty list", ListenAddress.Accepted);
        }

        ImmutableArray<YamlNode> items = node switch
        {
            null => [Default(FileKeys.Listen)],
            YamlList list => list.Items,
            _ => [node],
        };
        return [.. items.Select(item => Bind(item, FileKeys.Listen, hasTls)).OfType<ListenAddress>()];
    }

    /// <summary>Reads <c>management</c>: an address, or <c>off</c>.</summary>
    public ListenAddress? BindManagement(YamlNode? node) =>
        node is YamlText { Text: FileKeys.Off }
            ? null
            : Bind(node ?? Default(FileKeys.Management), FileKeys.Management, isTlsUnlessSaid: false);

    /// <summary>Reads <c>agent</c>: an address, or a mapping with one.</summary>
    public AgentSettings? BindAgent(YamlNode? node)
    {
        if (node is null)
        {
            return null;
        }

        ListenAddress? address = null;
        bool hasAddress = false;
        bool drains = false;
        foreach (YamlEntry entry in node is YamlMap map ? map.FixedEntries : [])
        {
            switch (entry.Name)
            {
                case FileKeys.Address:
                    hasAddress = true;
                    address = Bind(entry.Value, entry.Name, isTlsUnlessSaid: false);
                    break;
                case FileKeys.OnFail:
                    drains = BindDrains(entry);
                    break;
                default:
                    string? nearest = errors.AddUnknownKey(entry, FileKeys.Agent, FileKeys.OfAgent);
                    // What is misspelt is not missing as well.
                    hasAddress |= nearest == FileKeys.Address;
                    break;
            }
        }

        if (node is not YamlMap)
        {
            address = Bind(node, FileKeys.Agent, isTlsUnlessSaid: false);
        }
        else if (!hasAddress)
        {
            errors.Add(node.Position, $"{FileKeys.Address} is missing in agent", ListenAddress.AcceptedPlain);
        }

        return address is null ? null : new(address, drains);
    }

    private bool BindDrains(YamlEntry entry)
    {
        string accepted = FileKeys.OfAgent.Of(entry.Name).Accepted;
        return options.ReadText(entry.Value, entry.Name, accepted) is { } given
            && options.Take(
                Parsed.OneOf(given.Text, [(FileKeys.Down, false), (FileKeys.Drain, true)]),
                entry.Name,
                given,
                accepted
            )
                is true;
    }

    private static YamlText Default(string key) => new(default, FileKeys.Top.Of(key).Default!, isPlain: true);

    private ListenAddress? Bind(YamlNode node, string name, bool isTlsUnlessSaid)
    {
        string accepted = name switch
        {
            FileKeys.Management => $"{ListenAddress.Accepted}; {FileKeys.Off} for none",
            FileKeys.Listen => ListenAddress.Accepted,
            _ => ListenAddress.AcceptedPlain,
        };
        if (options.ReadText(node, name, accepted) is not { } given)
        {
            return null;
        }

        if (ListenAddress.Parse(given.Text, isTlsUnlessSaid) is not { } address)
        {
            string? nearest = name == FileKeys.Management ? errors.Guess(given.Text, [FileKeys.Off]) : null;
            options.Take(Parsed.Refused(meant: nearest), name, given, accepted);
            return null;
        }

        // An agent check speaks a protocol of its own, without TLS.
        if (address.IsTls && accepted == ListenAddress.AcceptedPlain)
        {
            errors.Add(node.Position, $"{name} is {given.Shown}, which is HTTPS", accepted);
            return null;
        }

        if (address.IsTls && !hasTls)
        {
            errors.Add(
                node.Position,
                $"{name} is {given.Shown}, which needs a certificate",
                "https:// with tls in the file"
            );
        }

        RefuseSecond(address, given, name);
        known.Add((address, given, name));
        return address;
    }

    private void RefuseSecond(ListenAddress address, SubstitutedText given, string name)
    {
        int index = known.FindIndex(other => other.Address.Overlaps(address));
        if (index < 0)
        {
            return;
        }

        (ListenAddress other, SubstitutedText first, string firstName) = known[index];
        bool isSame = other with { IsTls = address.IsTls } == address;
        if (given.At.Line == 0)
        {
            string how = isSame ? "is where" : $"overlaps with {given.Shown}, where";
            errors.Add(first.At, $"{firstName} is {first.Shown}, which {how} {name} is by default");
        }
        else
        {
            string how = isSame ? "is " : $"overlaps with {first.Shown}, ";
            string where = first.At.Line == 0 ? $"where {firstName} is by default" : $"taken at {first.At}";
            errors.Add(given.At, $"{name} is {given.Shown}, which {how}{where}");
        }
    }
}
