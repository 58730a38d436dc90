namespace Failover;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/mail", "/mail")]
    [InlineData("/mail?x=/y", "/mail")]
    [InlineData("/mail#x", "/mail#x")]
    [InlineData("//mail", "//mail")]
    [InlineData("http://host:80/mail?x", "/mail")]
    [InlineData("http://host//mail", "//mail")]
    [InlineData("http://host", "")]
    [InlineData("http://host?/mail", "")]
    [InlineData("http://host?x=/mail", "")]
    [InlineData("http://host#/mail", "")]
    [InlineData("host:443", "")]
    [InlineData("*", "")]
    [InlineData("", "")]
    [InlineData("mail", "")]
    public void The_path_is_what_stands_before_the_query(string target, string path) =>
        RequestTarget.Path(target).ToString().ShouldBe(path);

    [Theory]
    [InlineData("/mail", "/mail")]
    [InlineData("/%6dail", "/mail")]
    [InlineData("/%6Dail", "/mail")]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/%256dail", "/%6dail")]
    [InlineData("/caf%C3%A9", "/café")]
    [InlineData("/a+b", "/a+b")]
    [InlineData("/%00", "/\0")]
    public void It_is_decoded_once(string path, string decoded) => RequestTarget.Decode(path).ShouldBe(decoded);

    [Theory]
    [InlineData("/%")]
    [InlineData("/%6")]
    [InlineData("/%6g")]
    [InlineData("/%E9")]
    [InlineData("/%C0%AF")]
    [InlineData("/%ED%A0%80")]
    public void What_is_no_escape_or_no_UTF_8_is_no_path(string path) => RequestTarget.Decode(path).ShouldBeNull();
}
