using System.Collections.Immutable;

namespace Failover;

/// <summary>Where the server listens: <c>listen</c>, <c>management</c> and <c>tls</c>.</summary>
internal sealed class ListenBinder(OptionBinder options, ConfigurationErrors errors)
{
    public const string DefaultListen = "8080";
    public const string DefaultManagement = "127.0.0.1:8081";
    public const string Off = "off";

    private const string AcceptedFile = "the path of a PEM file";
    private const string TlsKeys = "certificate, key";

    private readonly List<(ListenAddress Address, Given Given, string Name)> known = [];
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
        foreach (YamlEntry entry in map.Entries)
        {
            switch (entry.Name)
            {
                case "certificate":
                    certificate = options.BindPath(entry.Value, entry.Name, AcceptedFile) ?? "";
                    break;
                case "key":
                    key = options.BindPath(entry.Value, entry.Name, AcceptedFile) ?? "";
                    break;
                default:
                    string? nearest = errors.Guess(entry.Name, ["certificate", "key"]);
                    // What is misspelt is not missing as well.
                    certificate ??= nearest == "certificate" ? "" : null;
                    key ??= nearest == "key" ? "" : null;
                    errors.Add(
                        entry.Key.Position,
                        $"unknown key {Printable.Quoted(entry.Name)} in tls",
                        TlsKeys,
                        nearest
                    );
                    break;
            }
        }

        foreach ((string name, string? value) in new[] { ("certificate", certificate), ("key", key) })
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
            null => [new YamlText(default, DefaultListen, isPlain: true)],
            YamlList list => list.Items,
            _ => [node],
        };
        return [.. items.Select(item => Bind(item, "listen", hasTls)).OfType<ListenAddress>()];
    }

    /// <summary>Reads <c>management</c>: an address, or <c>off</c>.</summary>
    public ListenAddress? BindManagement(YamlNode? node) =>
        node is YamlText { Text: Off }
            ? null
            : Bind(
                node ?? new YamlText(default, DefaultManagement, isPlain: true),
                "management",
                isTlsUnlessSaid: false
            );

    private ListenAddress? Bind(YamlNode node, string name, bool isTlsUnlessSaid)
    {
        string accepted = name == "management" ? $"{ListenAddress.Accepted}; {Off} for none" : ListenAddress.Accepted;
        if (options.ReadText(node, name, accepted) is not { } given)
        {
            return null;
        }

        if (ListenAddress.Parse(given.Text, isTlsUnlessSaid) is not { } address)
        {
            string? nearest = name == "management" ? errors.Guess(given.Text, [Off]) : null;
            options.Take(Parsed.Refused(meant: nearest), name, given, accepted);
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

    private void RefuseSecond(ListenAddress address, Given given, string name)
    {
        // Any free port twice is two ports.
        int index = known.FindIndex(other => other.Address with { IsTls = address.IsTls } == address);
        if (index < 0 || (address.Port == 0 && address.SocketPath is null))
        {
            return;
        }

        (_, Given first, string firstName) = known[index];
        if (given.At.Line == 0)
        {
            errors.Add(first.At, $"{firstName} is {first.Shown}, which is where {name} is by default");
        }
        else
        {
            string where = first.At.Line == 0 ? $"where {firstName} is by default" : $"taken at {first.At}";
            errors.Add(given.At, $"{name} is {given.Shown}, which is {where}");
        }
    }
}
