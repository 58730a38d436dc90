using System.Text;
using System.Text.Unicode;

namespace Failover;

/// <summary>The users of one reading of a password file.</summary>
internal sealed class UserList
{
    // Every log-in hashes once for each kind in the file, so their number bounds its time. Formats are 6, and one cost each
    // is usual.
    private const int MostKinds = 16;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly Dictionary<string, (PasswordHash Hash, int Line)> users = new(StringComparer.Ordinal);
    private readonly HashSet<HashKind> kinds = [];

    private UserList() { }

    /// <summary>The kinds of hash in the file.</summary>
    public IReadOnlyCollection<HashKind> Kinds => kinds;

    /// <summary>What is accepted but should not be.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>Reads the lines: <c>user:hash</c>, and what follows a second colon is ignored; blank lines and those that
    /// begin with <c>#</c> are skipped, and white space around a line is dropped, as Apache does.</summary>
    /// <param name="name">The file's, for messages.</param>
    /// <param name="content">UTF-8 where it is about users; other lines may be in anything.</param>
    /// <exception cref="PasswordFileException">A line that is none of these, a user twice, or no user at all: a file that
    /// has been cut to nothing is a fault, not a list of nobody.</exception>
    public static UserList Parse(string name, ReadOnlySpan<byte> content)
    {
        UserList list = new();
        if (content.StartsWith(ByteOrderMark))
        {
            content = content[ByteOrderMark.Length..];
        }

        int number = 0;
        foreach (Range range in content.Split((byte)'\n'))
        {
            number++;
            ReadOnlySpan<byte> line = content[range].Trim(" \t\r\v\f"u8);
            if (line.Length > 0 && line[0] != '#')
            {
                list.Add(name, number, line);
            }
        }

        if (list.users.Count == 0)
        {
            throw new PasswordFileException($"{name}: got no users; accepted: at least one line user:hash");
        }

        list.Warnings = [.. list.WeakFormats(name)];
        return list;
    }

    /// <summary>The hash of a user's password, as the file has it; null where the user is not listed.</summary>
    public string? EntryOf(string user) =>
        users.TryGetValue(user, out (PasswordHash Hash, int Line) entry) ? entry.Hash.Text : null;

    /// <summary>Whether the user is listed with this password. Takes as long for users who are not listed, whatever the
    /// mixture of formats: a password is hashed once for each kind in the file, the dearest included, against the user's
    /// own hash where it is of that kind and against a dummy where it is not.</summary>
    public bool Matches(string user, ReadOnlySpan<byte> password, Hasher hash)
    {
        PasswordHash? own = users.TryGetValue(user, out (PasswordHash Hash, int Line) entry) ? entry.Hash : null;
        bool isRight = false;
        foreach (HashKind kind in kinds)
        {
            bool isOwn = own?.Kind == kind;
            PasswordHash stored = isOwn ? own! : new(kind, kind.Dummy());
            bool isSame = PasswordHashing.AreSame(hash(password, stored), stored.Text);
            isRight |= isOwn & isSame;
        }

        return isRight;
    }

    private void Add(string name, int number, ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            throw Refuse("a line without a colon; accepted: user:hash");
        }

        if (!Utf8.IsValid(line[..colon]))
        {
            throw Refuse("a user name that is not UTF-8; accepted: UTF-8");
        }

        string user = Encoding.UTF8.GetString(line[..colon]);
        if (user.Length == 0 || user.Any(char.IsControl))
        {
            throw Refuse("a user name that is empty or holds control characters; accepted: user:hash");
        }

        ReadOnlySpan<byte> rest = line[(colon + 1)..];
        int nextColon = rest.IndexOf((byte)':');
        string text = Encoding.Latin1.GetString(nextColon < 0 ? rest : rest[..nextColon]);
        PasswordHash hash =
            PasswordHash.Parse(text, out string problem) ?? throw Refuse($"for user \"{user}\" {problem}");
        if (!users.TryAdd(user, (hash, number)))
        {
            throw Refuse($"user \"{user}\" again, first on line {users[user].Line}; accepted: each user once");
        }

        if (kinds.Add(hash.Kind) && kinds.Count > MostKinds)
        {
            throw Refuse(
                $"the {MostKinds + 1}th kind of hash (format and cost); accepted: {MostKinds} kinds in a file"
            );
        }

        PasswordFileException Refuse(string what) => new($"{name}:{number}: got {what}");
    }

    private IEnumerable<string> WeakFormats(string name) =>
        from user in users
        where user.Value.Hash.Kind.Format is HashFormat.Sha1 or HashFormat.Des
        orderby user.Value.Line
        let format = user.Value.Hash.Kind.Format == HashFormat.Sha1 ? "{SHA}" : "DES crypt"
        select $"{name}:{user.Value.Line}: the password of user \"{user.Key}\" is hashed with {format}, "
            + "which is cracked in no time; better: htpasswd -B";
}
