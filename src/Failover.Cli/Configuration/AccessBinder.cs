using System.Buffers;
using System.Collections.Immutable;

namespace Failover;

/// <summary>Who may use the management API: <c>access</c>.</summary>
internal sealed class AccessBinder(OptionBinder options, ConfigurationErrors errors)
{
    private const string LettersAndDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // RFC 9110, 5.6.2: token.
    private static readonly SearchValues<char> InHeader = SearchValues.Create($"{LettersAndDigits}!#$%&'*+-.^_`|~");

    public ManagementAccess Bind(YamlNode? node)
    {
        ManagementAccess access = ManagementAccess.Open;
        if (node is null)
        {
            return access;
        }

        if (node is not YamlMap map)
        {
            errors.Add(node.Position, $"{FileKeys.Access} is {node.Shape}", FileKeys.Top.Of(FileKeys.Access).Accepted);
            return access;
        }

        foreach (YamlEntry entry in map.FixedEntries)
        {
            access = Bind(access, entry);
        }

        return access;
    }

    private ManagementAccess Bind(ManagementAccess access, YamlEntry entry)
    {
        switch (entry.Name)
        {
            case FileKeys.View:
                return access with { View = options.BindUsers(entry.Name, entry.Value) };
            case FileKeys.Operate:
                return access with { Operate = options.BindUsers(entry.Name, entry.Value) };
            case FileKeys.Tokens:
                return access with { Tokens = [.. new AccessTokensBinder(options, errors).Bind(entry.Value)] };
            case FileKeys.Hosts:
                return access with { Hosts = BindHosts(entry.Value) };
            case FileKeys.UserHeader:
                return access with { UserHeader = BindText(entry.Value, entry.Name, ParseHeader) };
            default:
                errors.AddUnknownKey(entry, FileKeys.Access, FileKeys.OfAccess);
                return access;
        }
    }

    private ImmutableArray<string> BindHosts(YamlNode node)
    {
        if (node is YamlList { Items.IsEmpty: true })
        {
            errors.Add(node.Position, $"{FileKeys.Hosts} is an empty list", Accepted(FileKeys.Hosts));
        }

        return
        [
            .. (node is YamlList list ? [.. list.Items] : new[] { node })
                .Select(item => BindText(item, FileKeys.Hosts, ParseHost))
                .OfType<string>(),
        ];
    }

    private string? BindText(YamlNode node, string name, Func<string, Parsed> parse) =>
        options.ReadText(node, name, Accepted(name)) is { } given
            ? (string?)options.Take(parse(given.Text), name, given, Accepted(name))
            : null;

    private static string Accepted(string key) => FileKeys.OfAccess.Of(key).Accepted;

    // With a port it would be no name; the port is none of the browser's tricks.
    private static Parsed ParseHost(string text) =>
        Uri.CheckHostName(text) == UriHostNameType.Dns ? new(text) : Parsed.Refused();

    private static Parsed ParseHeader(string text) =>
        text.AsSpan().ContainsAnyExcept(InHeader) ? Parsed.Refused() : new(text);
}
