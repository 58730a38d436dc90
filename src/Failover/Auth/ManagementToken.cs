namespace Failover;

/// <summary>A secret that gives a program a role, said as <c>Authorization: Bearer …</c>.</summary>
/// <remarks>No record: a record prints its members.</remarks>
/// <param name="name">Who has it, for the audit.</param>
/// <param name="secret">The secret.</param>
/// <param name="role">What it may.</param>
internal sealed class ManagementToken(string name, string secret, ManagementRole role) : IEquatable<ManagementToken>
{
    /// <summary>A secret with fewer characters can be guessed.</summary>
    public const int ShortestAdvised = 20;

    private readonly string secret = secret;

    public string Name { get; } = name;

    public ManagementRole Role { get; } = role;

    /// <summary>Whether it is so short that it can be guessed.</summary>
    public bool IsShort => secret.Length < ShortestAdvised;

    /// <summary>Whether that is the secret. Takes the same time whatever is given.</summary>
    public bool Matches(string given) => new BearerToken(Name, secret).Matches(given);

    public bool Equals(ManagementToken? other) =>
        other is not null && (Name, secret, Role) == (other.Name, other.secret, other.Role);

    public override bool Equals(object? obj) => Equals(obj as ManagementToken);

    public override int GetHashCode() => HashCode.Combine(Name, secret, Role);
}
