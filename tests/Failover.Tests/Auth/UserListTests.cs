using System.Text;

namespace Failover;

public sealed class UserListTests
{
    private const string Sha = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=";
    private const string Apr1 = "$apr1$12345678$9pHAGSBYtlmFtid2xxNog0";
    private const string Bcrypt4 = "$2y$04$r70bKZ2xy8vI6MGREqsMZ.Vq7oWTIFQCCnNW3.umzh1WuXjrCLGIi";
    private const string Bcrypt14 = "$2y$14$r70bKZ2xy8vI6MGREqsMZ.Vq7oWTIFQCCnNW3.umzh1WuXjrCLGIi";

    [Theory]
    [InlineData("alice:" + Sha)]
    [InlineData("alice:" + Sha + "\n")]
    [InlineData("alice:" + Sha + "\r\n")]
    [InlineData("# the operators\n\n  \t\r\nalice:" + Sha + "\n\n")]
    [InlineData("  alice:" + Sha + " \t\n")]
    [InlineData("alice:" + Sha + ":Alice Example:more\n")]
    [InlineData("\ufeffalice:" + Sha + "\n")]
    [InlineData("bob:" + Apr1 + "\nalice:" + Sha + "\n#carol:secret\n")]
    public void Lines_are_read_as_Apache_reads_them(string content) => IsRight(Parse(content), "alice").ShouldBeTrue();

    [Theory]
    [InlineData("Alice")]
    [InlineData("alice ")]
    [InlineData("")]
    [InlineData("#alice")]
    public void Users_compare_ordinally(string user) => IsRight(Parse("alice:" + Sha), user).ShouldBeFalse();

    [Fact]
    public void A_user_may_have_any_letters() => IsRight(Parse("Зоя Ω:" + Sha), "Зоя Ω").ShouldBeTrue();

    [Fact]
    public void Comments_may_be_in_any_encoding()
    {
        byte[] content = [.. "# "u8, 0xFC, (byte)'\n', .. Encoding.ASCII.GetBytes("alice:" + Sha)];
        IsRight(UserList.Parse("users", content), "alice").ShouldBeTrue();
    }

    [Theory]
    [InlineData("", "users: got no users; accepted: at least one line user:hash")]
    [InlineData("# nobody\n", "users: got no users; accepted: at least one line user:hash")]
    [InlineData("alice", "users:1: got a line without a colon; accepted: user:hash")]
    [InlineData("\n:" + Sha, "users:2: got a user name that is empty or holds control characters; accepted: user:hash")]
    [InlineData("a\u001bb:" + Sha, "users:1: got a user name that is empty or holds control characters;")]
    [InlineData("#\n\nalice:secret", "users:3: got for user \"alice\" a plain-text password or an unknown format;")]
    [InlineData("alice:", "users:1: got for user \"alice\" an empty hash;")]
    [InlineData("alice: " + Sha, "users:1: got for user \"alice\" a plain-text password or an unknown format;")]
    [InlineData("a:$2y$05$SCg43jnhFo", "users:1: got for user \"a\" a $2y$ hash that is cut short or damaged;")]
    [InlineData(
        "alice:" + Sha + "\nbob:" + Sha + "\nalice:" + Apr1,
        "users:3: got user \"alice\" again, first on line 1; accepted: each user once"
    )]
    public void A_bad_line_is_named(string content, string message)
    {
        PasswordFileException refused = Should.Throw<PasswordFileException>(() => Parse(content));
        refused.Message.ShouldStartWith(message);
        refused.Message.ShouldNotContain('\n');
        refused.Message.ShouldNotContain("secret");
    }

    [Fact]
    public void A_user_name_that_is_not_UTF8_is_refused() =>
        Should
            .Throw<PasswordFileException>(() => UserList.Parse("users", [0xFC, .. "lf:"u8]))
            .Message.ShouldBe("users:1: got a user name that is not UTF-8; accepted: UTF-8");

    [Fact]
    public void Weak_formats_are_warned_of()
    {
        IReadOnlyList<string> warnings = Parse(
            $"#\nalice:{Sha}\nbob:{Apr1}\ncarol:abJnggxhB/yWI\ndora:{Bcrypt4}"
        ).Warnings;
        warnings.Count.ShouldBe(2);
        warnings[0].ShouldStartWith("users:2: the password of user \"alice\" is hashed with {SHA},");
        warnings[1].ShouldStartWith("users:4: the password of user \"carol\" is hashed with DES crypt,");
    }

    [Fact]
    public void An_unknown_user_costs_the_dearest_hash_of_the_file()
    {
        UserList users = Parse($"alice:{Bcrypt4}\nbob:{Bcrypt14}\ncarol:{Sha}");
        HashedFor(users, "nobody").ShouldContain(new HashKind(HashFormat.Bcrypt, 14));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    [InlineData("dora")]
    public void Every_user_costs_as_much_as_an_unknown_one_whatever_the_mixture(string user)
    {
        UserList users = Parse($"alice:{Bcrypt4}\nbob:{Bcrypt14}\ncarol:{Sha}\ndora:{Apr1}");
        HashedFor(users, user).ShouldBe(HashedFor(users, "nobody"));
        HashedFor(users, user).Count.ShouldBe(4);
    }

    [Fact]
    public void A_dummy_lets_nobody_in()
    {
        UserList users = Parse("alice:" + Apr1);
        users.Matches("nobody", "x"u8, (_, stored) => stored.Text).ShouldBeFalse();
        users.Matches("alice", "x"u8, (_, stored) => stored.Text).ShouldBeTrue();
    }

    [Fact]
    public void A_hash_that_cannot_be_computed_lets_nobody_in() =>
        Parse("alice:" + Apr1).Matches("alice", "x"u8, (_, _) => null).ShouldBeFalse();

    [Fact]
    public void Sixteen_kinds_of_hash_are_the_most()
    {
        Parse(Kinds(16)).Kinds.Count.ShouldBe(16);
        Should
            .Throw<PasswordFileException>(() => Parse(Kinds(17)))
            .Message.ShouldBe("users:17: got the 17th kind of hash (format and cost); accepted: 16 kinds in a file");

        static string Kinds(int count) =>
            string.Concat(
                Enumerable
                    .Range(0, count)
                    .Select(i => $"user{i}:{new HashKind(HashFormat.Sha256Crypt, 1000 + i).Dummy()}\n")
            );
    }

    private static UserList Parse(string content) => UserList.Parse("users", Encoding.UTF8.GetBytes(content));

    private static bool IsRight(UserList users, string user) => users.Matches(user, "secret"u8, PasswordHashing.Hash);

    private static List<HashKind> HashedFor(UserList users, string user)
    {
        List<HashKind> hashed = [];
        users
            .Matches(
                user,
                "x"u8,
                (_, stored) =>
                {
                    hashed.Add(stored.Kind);
                    return "";
                }
            )
            .ShouldBeFalse();
        return hashed;
    }
}
