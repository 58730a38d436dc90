using System.Buffers;

namespace Failover;

/// <summary>The programs that may use the management API: <c>tokens</c> of <c>access</c>.</summary>
internal sealed class AccessTokensBinder(OptionBinder options, ConfigurationErrors errors)
{
    private static readonly string Keys = FileKeys.OfToken.Names();
    private static readonly string AcceptedRole = FileKeys.OfToken.Of(FileKeys.Role).Accepted;
    private static readonly SearchValues<char> InName = SearchValues.Create(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-_"
    );

    public IEnumerable<ManagementToken> Bind(YamlNode node)
    {
        if (node is YamlMap map)
        {
            return [.. map.Entries.Select(Bind).OfType<ManagementToken>()];
        }

        errors.Add(node.Position, $"{FileKeys.Tokens} is {node.Shape}", FileKeys.OfAccess.Of(FileKeys.Tokens).Accepted);
        return [];
    }

    private ManagementToken? Bind(YamlEntry entry)
    {
        string place = $"token {Printable.Quoted(entry.Name)}";
        if (entry.Name.Length == 0 || entry.Name.AsSpan().ContainsAnyExcept(InName))
        {
            errors.Add(
                entry.Key.Position,
                $"a token is called {Printable.Quoted(entry.Name)}",
                "letters, digits, ., - and _"
            );
            return null;
        }

        if (entry.Value is not YamlMap map)
        {
            errors.Add(entry.Value.Position, $"{place} is {entry.Value.Shape}", $"a mapping of {Keys}");
            return null;
        }

        // What is wrong is not missing as well.
        HashSet<string> given = new(StringComparer.Ordinal);
        string? secret = null;
        ManagementRole? role = null;
        foreach (YamlEntry part in map.FixedEntries)
        {
            string? known = part.Name;
            switch (part.Name)
            {
                case FileKeys.Secret:
                    secret = BindSecret(part, place);
                    break;
                case FileKeys.Role:
                    role = BindRole(part);
                    break;
                default:
                    known = errors.AddUnknownKey(part, place, FileKeys.OfToken);
                    break;
            }

            given.Add(known ?? "");
        }

        foreach (FileKey key in FileKeys.OfToken.Where(key => !given.Contains(key.Name)))
        {
            errors.Add(entry.Key.Position, $"{key.Name} is missing in {place}", key.Accepted);
        }

        return secret is not null && role is { } may ? new(entry.Name, secret, may) : null;
    }

    private string? BindSecret(YamlEntry part, string place)
    {
        string accepted = FileKeys.OfToken.Of(FileKeys.Secret).Accepted;
        if (options.ReadSecret(part.Value, part.Name, accepted) is not { } given)
        {
            return null;
        }

        string? flaw = given.Text.StartsWith(ManagementSessions.Prefix, StringComparison.Ordinal)
            ? $"which begins as a session does, with {ManagementSessions.Prefix}"
            : HeartbeatTexts.TokenFlaw(given.Text);
        return (string?)
            options.Take(
                flaw is null ? new(given.Text) : Parsed.Refused(flaw),
                $"{part.Name} of {place}",
                given,
                accepted
            );
    }

    private ManagementRole? BindRole(YamlEntry part) =>
        options.ReadText(part.Value, part.Name, AcceptedRole) is { } given
            ? (ManagementRole?)options.Take(ParseRole(given.Text), part.Name, given, AcceptedRole)
            : null;

    private static Parsed ParseRole(string text) =>
        text switch
        {
            FileKeys.View => new(ManagementRole.View),
            FileKeys.Operate => new(ManagementRole.Operate),
            _ => Parsed.Refused(meant: Spelling.Nearest(text, [FileKeys.View, FileKeys.Operate])),
        };
}
