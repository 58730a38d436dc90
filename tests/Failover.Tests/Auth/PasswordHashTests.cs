namespace Failover;

public sealed class PasswordHashTests
{
    private const string Digits22 = "1234567890123456789012";
    private const string Digits31 = "1234567890123456789012345678901";
    private const string Digits43 = "1234567890123456789012345678901234567890123";

    [Theory]
    [InlineData("$2y$04$" + Digits22 + Digits31, "Bcrypt", 4)]
    [InlineData("$2a$05$" + Digits22 + Digits31, "Bcrypt", 5)]
    [InlineData("$2b$14$" + Digits22 + Digits31, "Bcrypt", 14)]
    [InlineData("$apr1$12345678$" + Digits22, "Apr1", 0)]
    [InlineData("$apr1$1$" + Digits22, "Apr1", 0)]
    [InlineData("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "Sha1", 0)]
    [InlineData("$5$salt$" + Digits43, "Sha256Crypt", 5000)]
    [InlineData("$5$$" + Digits43, "Sha256Crypt", 5000)]
    [InlineData("$5$rounds=1000$1234567890123456$" + Digits43, "Sha256Crypt", 1000)]
    [InlineData("$6$salt$" + Digits43 + Digits43, "Sha512Crypt", 5000)]
    [InlineData("$6$rounds=1000000$salt$" + Digits43 + Digits43, "Sha512Crypt", 1_000_000)]
    [InlineData("1qUwkXV3G/Lc6", "Des", 0)]
    public void Every_format_of_htpasswd_is_read_with_its_cost(string text, string format, int cost)
    {
        PasswordHash? hash = PasswordHash.Parse(text, out string problem);
        problem.ShouldBe("");
        hash.ShouldBe(new PasswordHash(new(Enum.Parse<HashFormat>(format), cost), text));
    }

    [Theory]
    [InlineData("", "an empty hash;")]
    [InlineData("secret", "a plain-text password or an unknown format;")]
    [InlineData("$2y$15$" + Digits22 + Digits31, "a bcrypt hash of cost 15; accepted: cost 4 to 14")]
    [InlineData("$2y$03$" + Digits22 + Digits31, "a bcrypt hash of cost 3; accepted: cost 4 to 14")]
    [InlineData("$2y$31$" + Digits22 + Digits31, "a bcrypt hash of cost 31; accepted: cost 4 to 14")]
    [InlineData("$2y$05$" + Digits22, "a $2y$ hash that is cut short or damaged;")]
    [InlineData("$2x$05$" + Digits22 + Digits31, "a $2x$ hash;")]
    [InlineData("$5$rounds=999999999$salt$" + Digits43, "a $5$ hash of 999999999 rounds; accepted: 1000 to 1000000")]
    [InlineData("$6$rounds=1000001$salt$" + Digits43 + Digits43, "a $6$ hash of 1000001 rounds; accepted: 1000")]
    [InlineData("$5$rounds=999$salt$" + Digits43, "a $5$ hash of 999 rounds; accepted: 1000 to 1000000")]
    [InlineData("$5$rounds=9999999999$salt$" + Digits43, "a $5$ hash that is cut short or damaged;")]
    [InlineData("$5$rounds=05000$salt$" + Digits43, "a $5$ hash that is cut short or damaged;")]
    [InlineData("$5$12345678901234567$" + Digits43, "a $5$ hash that is cut short or damaged;")]
    [InlineData("$5$salt$" + Digits43 + Digits43, "a $5$ hash that is cut short or damaged;")]
    [InlineData("$6$salt$" + Digits43, "a $6$ hash that is cut short or damaged;")]
    [InlineData("$apr1$123456789$" + Digits22, "a $apr1$ hash that is cut short or damaged;")]
    [InlineData("$apr1$12345678$" + Digits22 + "\n", "a $apr1$ hash that is cut short or damaged;")]
    [InlineData("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ", "a {SHA} hash that is cut short or damaged;")]
    [InlineData("{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "a {SSHA} hash;")]
    [InlineData("$1$12345678$" + Digits22, "a $1$ hash;")]
    [InlineData("$y$j9T$salt$" + Digits43, "a $y$ hash;")]
    [InlineData("1qUwkXV3G/Lc", "a plain-text password or an unknown format;")]
    [InlineData("1qUwkXV3G/Lc66", "a plain-text password or an unknown format;")]
    public void What_cannot_be_checked_is_refused_with_what_is_accepted(string text, string problemStart)
    {
        PasswordHash.Parse(text, out string problem).ShouldBeNull();
        problem.ShouldStartWith(problemStart);
        problem.ShouldContain("accepted:");
    }

    [Fact]
    public void Printed_a_hash_shows_its_kind_only() =>
        new PasswordHash(new(HashFormat.Des, 0), "1qUwkXV3G/Lc6")
            .ToString()
            .ShouldBe("HashKind { Format = Des, Cost = 0 }");

    [Theory]
    [InlineData("Bcrypt", 14)]
    [InlineData("Apr1", 0)]
    [InlineData("Sha1", 0)]
    [InlineData("Sha256Crypt", 1000)]
    [InlineData("Sha512Crypt", 77_777)]
    [InlineData("Des", 0)]
    public void A_dummy_is_a_hash_of_its_own_kind(string format, int cost)
    {
        HashKind kind = new(Enum.Parse<HashFormat>(format), cost);
        PasswordHash.Parse(kind.Dummy(), out _).ShouldNotBeNull().Kind.ShouldBe(kind);
    }
}
