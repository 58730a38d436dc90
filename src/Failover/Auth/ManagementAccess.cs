using System.Collections.Immutable;

namespace Failover;

/// <summary>Who may use the management API, and by which names its address is reached.</summary>
/// <param name="View">Who may view; null: whoever connects.</param>
/// <param name="Operate">Who may operate, and view; null: no user.</param>
internal sealed record ManagementAccess(HtpasswdFile? View = null, HtpasswdFile? Operate = null)
{
    /// <summary>Programs, each with a role.</summary>
    public ImmutableArray<ManagementToken> Tokens { get; init; } = [];

    /// <summary>Names in the Host header that lead here, beside addresses, <c>localhost</c> and the name that is listened on.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>The header in which a trusted proxy names the user who has logged in there, and may view; null: none.</summary>
    public string? UserHeader { get; init; }

    /// <summary>Whoever connects may view, and nobody may operate.</summary>
    public static ManagementAccess Open { get; } = new();

    /// <summary>Whether anybody may operate.</summary>
    public bool HasOperators => Operate is not null || Tokens.Any(token => token.Role == ManagementRole.Operate);

    /// <summary>The password files that it names, each once.</summary>
    public IEnumerable<HtpasswdFile> Files => new[] { View, Operate }.OfType<HtpasswdFile>().Distinct();

    /// <summary>The files whose users have a role, those who have no more than it first: they need one hash.</summary>
    public IEnumerable<HtpasswdFile> FilesFor(ManagementRole role) =>
        role == ManagementRole.Operate ? Files.Reverse() : Files;

    /// <summary>The role of those who are in a file.</summary>
    public ManagementRole RoleOf(HtpasswdFile file) => file == Operate ? ManagementRole.Operate : ManagementRole.View;

    public bool Equals(ManagementAccess? other) =>
        other is not null
        && (View, Operate, UserHeader) == (other.View, other.Operate, other.UserHeader)
        && Tokens.AsSpan().SequenceEqual(other.Tokens.AsSpan())
        && Hosts.AsSpan().SequenceEqual(other.Hosts.AsSpan());

    public override int GetHashCode() => HashCode.Combine(View, Operate, UserHeader, Tokens.Length, Hosts.Length);
}
