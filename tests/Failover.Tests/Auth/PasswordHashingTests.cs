using System.Text;

namespace Failover;

public sealed class PasswordHashingTests
{
    private const string Lines = "a very much longer text to encrypt.  This one even stretches over morethan one line.";

    // $5$ and $6$: Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512", its test vectors. $2a$: Openwall's crypt_blowfish.
    // $apr1$: openssl passwd -apr1. {SHA}: FIPS 180's "abc". DES: as every Unix since 1979.
    [Theory]
    [InlineData("Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5")]
    [InlineData("Hello world!", "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA")]
    [InlineData("This is just a test", "$5$rounds=5000$toolongsaltstrin$Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5")]
    [InlineData(Lines, "$5$rounds=1400$anotherlongsalts$Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1")]
    [InlineData(
        "we have a short salt string but not a short password",
        "$5$rounds=77777$short$JiO1O3ZpDAxGJeaDIuqCoEFysAe1mZNJRs3pw0KQRd/"
    )]
    [InlineData("a short string", "$5$rounds=123456$asaltof16chars..$gP3VQ/6X7UUEW3HkBn2w1/Ptq2jxPyzV/cZKmF/wJvD")]
    [InlineData(
        "the minimum number is still observed",
        "$5$rounds=1000$roundstoolow$yfvwcWrQ8l/K0DAWyuPMDNHpIVlTQebY9l/gL972bIC"
    )]
    [InlineData(
        "Hello world!",
        "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"
    )]
    [InlineData(
        "Hello world!",
        "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v."
    )]
    [InlineData(
        "This is just a test",
        "$6$rounds=5000$toolongsaltstrin$lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0"
    )]
    [InlineData(
        Lines,
        "$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1"
    )]
    [InlineData(
        "we have a short salt string but not a short password",
        "$6$rounds=77777$short$WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0"
    )]
    [InlineData(
        "a short string",
        "$6$rounds=123456$asaltof16chars..$BtCwjqMJGx5hrJhZywWvt0RLE8uZ4oPwcelCjmw2kSYu.Ec6ycULevoBK25fs2xXgMNrCzIMVcgEJAstJeonj1"
    )]
    [InlineData(
        "the minimum number is still observed",
        "$6$rounds=1000$roundstoolow$kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX."
    )]
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")]
    [InlineData("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy")]
    [InlineData("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("password", "$apr1$12345678$9pHAGSBYtlmFtid2xxNog0")]
    [InlineData("myPassword", "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/")]
    [InlineData("", "$apr1$x$tMwYqBfQwi3FYAr0aJc8M/")]
    [InlineData(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "$apr1$abcdefgh$1qSbkw5pV72BAZLpL5LIo1"
    )]
    [InlineData("Grüße, 世界", "$apr1$abcdefgh$/sR96RRNeXhH0I9PUsyRu1")]
    [InlineData("abc", "{SHA}qZk+NkcGgWq6PiVxeFDCbJzQ2J0=")]
    [InlineData("password", "abJnggxhB/yWI")]
    [InlineData("", "abmF1QH4PEr.E")]
    public void Published_hashes_come_out_as_published(string password, string stored)
    {
        Matches(password, stored).ShouldBeTrue();
        Matches("?" + password, stored).ShouldBeFalse();
    }

    [Theory]
    [InlineData(72, "$2y$04$0123456789012345678901")]
    [InlineData(8, "ab")]
    public void Characters_that_a_format_ignores_count_for_nothing(int looksAt, string setting)
    {
        string start = new('x', looksAt);
        string stored = Libcrypt.Hash(Encoding.UTF8.GetBytes(start), setting).ShouldNotBeNull();
        Matches(start + "y", stored).ShouldBeTrue();
        Matches(start + new string('z', 700), stored).ShouldBeTrue();
        Matches(start[1..] + "y", stored).ShouldBeFalse();
    }

    [Theory]
    [InlineData(511, true)]
    [InlineData(512, false)]
    public void Libcrypt_takes_passwords_up_to_511_bytes(int length, bool isTaken)
    {
        PasswordHash stored = new(default, new HashKind(HashFormat.Sha256Crypt, 1000).Dummy());
        (
            Libcrypt.Hash(
                new byte[length]
                    .Select(_ => (byte)'x')
                    .ToArray(),
                stored.Text
            )
            is not null
        ).ShouldBe(isTaken);
    }

    [Theory]
    [InlineData("*0")]
    [InlineData("$2y$99$0123456789012345678901")]
    [InlineData("!")]
    public void A_failure_of_libcrypt_is_no_hash(string setting) => Libcrypt.Hash("x"u8, setting).ShouldBeNull();

    [Fact]
    public void Libcrypt_never_sees_a_password_with_NUL() => Libcrypt.Hash("a\0b"u8, "ab").ShouldBeNull();

    [Fact]
    public void Many_threads_may_call_libcrypt() =>
        Enumerable
            .Range(0, 500)
            .AsParallel()
            .WithDegreeOfParallelism(8)
            .Select(_ => Matches("password", "abJnggxhB/yWI") && !Matches("Password", "abJnggxhB/yWI"))
            .ToList()
            .ShouldAllBe(isSound => isSound);

    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "abd", false)]
    [InlineData("abc", "abcd", false)]
    [InlineData("", "abc", false)]
    [InlineData(null, "", false)]
    public void Hashes_are_the_same_when_every_character_is(string? computed, string stored, bool areSame) =>
        PasswordHashing.AreSame(computed, stored).ShouldBe(areSame);

    private static bool Matches(string password, string text)
    {
        PasswordHash stored = PasswordHash.Parse(text, out string problem).ShouldNotBeNull(problem);
        return PasswordHashing.AreSame(PasswordHashing.Hash(Encoding.UTF8.GetBytes(password), stored), stored.Text);
    }
}
