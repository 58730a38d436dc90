using System.Text;

namespace Failover;

/// <summary>bcrypt without libcrypt says what libcrypt says.</summary>
public sealed class ManagedBcryptTests
{
    [Theory]
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")]
    [InlineData("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy")]
    [InlineData("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    public void Published_hashes_come_out_as_published(string password, string stored)
    {
        ManagedBcrypt.Hash(Encoding.UTF8.GetBytes(password), stored).ShouldBe(stored);
        ManagedBcrypt.Hash(Encoding.UTF8.GetBytes(password + "?"), stored).ShouldNotBe(stored);
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("Grüße, 世界 📮")]
    [InlineData(" \u0001\u007f ")]
    public async Task What_htpasswd_writes_is_right(string password)
    {
        string stored = (await Htpasswd.LineAsync("alice", password, "-B", "-C", "4")).Trim().Split(':')[1];

        ManagedBcrypt.Hash(Encoding.UTF8.GetBytes(password), stored).ShouldBe(stored);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(71)]
    [InlineData(72)]
    [InlineData(73)]
    [InlineData(255)]
    [InlineData(2000)]
    public void A_password_of_any_length_is_hashed_as_libcrypt_does(int length)
    {
        byte[] password = [.. Enumerable.Range(0, length).Select(index => (byte)('!' + (index % 90)))];
        PasswordHash stored = PasswordHash
            .Parse($"$2y$04$0123456789012345678901{new string('.', 31)}", out _)
            .ShouldNotBeNull();

        ManagedBcrypt.Hash(password, stored.Text).ShouldBe(PasswordHashing.Hash(password, stored).ShouldNotBeNull());
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0, (byte)'b' })]
    [InlineData(new byte[] { 0xff, 0xfe })]
    public void What_is_no_text_is_no_password(byte[] password) =>
        ManagedBcrypt.Hash(password, $"$2y$04${new string('.', 53)}").ShouldBeNull();
}
