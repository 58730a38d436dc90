using System.Text;
using Microsoft.Extensions.Primitives;

namespace Failover;

public sealed class BasicCredentialsTests
{
    [Theory]
    [InlineData("alice:secret", "alice", "secret")]
    [InlineData("alice:se:cr:et", "alice", "se:cr:et")]
    [InlineData("alice:", "alice", "")]
    [InlineData(":secret", "", "secret")]
    [InlineData(":", "", "")]
    [InlineData("Zoë:пароль 🔑", "Zoë", "пароль 🔑")]
    [InlineData("a:b\0c", "a", "b\0c")]
    public void User_and_password_part_at_the_first_colon(string pair, string user, string password)
    {
        using BasicCredentials read = BasicCredentials.Parse(Header(pair)).ShouldNotBeNull();
        read.User.ShouldBe(user);
        Encoding.UTF8.GetString(read.Password.Span).ShouldBe(password);
    }

    // YTpi is a:b.
    [Theory]
    [InlineData("Basic YTpi", true)]
    [InlineData("basic YTpi", true)]
    [InlineData("BASIC   YTpi ", true)]
    [InlineData("Basic YTpiYw==", true)]
    [InlineData("", false)]
    [InlineData("Basic", false)]
    [InlineData("Basic ", false)]
    [InlineData("BasicYTpi", false)]
    [InlineData("Basic\tYTpi", false)]
    [InlineData(" Basic YTpi", false)]
    [InlineData("Bearer YTpi", false)]
    [InlineData("Digest username=\"a\"", false)]
    [InlineData("Basic YTpiYw", false)]
    [InlineData("Basic YTpiYw=", false)]
    [InlineData("Basic YT pi", false)]
    [InlineData("Basic YT\npi", false)]
    [InlineData("Basic YTpi,Basic YTpi", false)]
    [InlineData("Basic YTp-", false)]
    [InlineData("Basic YTp\u00e9", false)]
    [InlineData("Basic ====", false)]
    [InlineData("Basic YWxpY2U=", false)] // alice
    [InlineData("Basic YTr/", false)] // a:\xff
    [InlineData("Basic /zpi", false)] // \xff:b
    [InlineData("Basic YTrAgA==", false)] // a:\xc0\x80, an overlong NUL
    public void Only_well_formed_headers_are_read(string header, bool isRead)
    {
        using BasicCredentials? read = BasicCredentials.Parse(header);
        (read is not null).ShouldBe(isRead);
    }

    [Fact]
    public void A_missing_header_is_no_credentials() => BasicCredentials.Parse(default).ShouldBeNull();

    [Fact]
    public void Two_headers_are_no_credentials() =>
        BasicCredentials.Parse(new StringValues(["Basic YTpi", "Basic YTpi"])).ShouldBeNull();

    [Theory]
    [InlineData(1022, true)]
    [InlineData(1026, false)]
    [InlineData(1_000_002, false)]
    public void A_header_of_up_to_one_kibibyte_is_read(int length, bool isRead)
    {
        string header = Header("a:" + new string('x', ((length - 6) / 4 * 3) - 2));
        header.Length.ShouldBe(length);
        using BasicCredentials? read = BasicCredentials.Parse(header);
        (read is not null).ShouldBe(isRead);
    }

    [Fact]
    public void Disposed_they_hold_no_password()
    {
        BasicCredentials read = BasicCredentials.Parse(Header("alice:secret")).ShouldNotBeNull();
        read.Dispose();
        read.Password.ToArray().ShouldAllBe(letter => letter == 0);
    }

    private static string Header(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
}
