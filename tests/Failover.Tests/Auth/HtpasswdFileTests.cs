namespace Failover;

public sealed class HtpasswdFileTests
{
    [Fact]
    public void Making_one_opens_nothing() => new HtpasswdFile("/does/not/exist").Path.ShouldBe("/does/not/exist");

    [Fact]
    public void Two_of_one_path_are_equal() => new HtpasswdFile("/a").ShouldBe(new HtpasswdFile("/a"));

    [Theory]
    [InlineData("", "path is empty; accepted: the path of a file that htpasswd wrote")]
    [InlineData("  ", "path is \"  \"; accepted: the path of a file that htpasswd wrote")]
    [InlineData("a\0b", "path is \"a\\0b\"; accepted: the path of a file that htpasswd wrote")]
    public void A_path_that_can_be_no_file_is_refused(string path, string message)
    {
        ArgumentException refused = Should.Throw<ArgumentException>(() => new HtpasswdFile(path));
        refused.ParamName.ShouldBe("path");
        refused.Message.ShouldStartWith(message);
    }

    [Fact]
    public void A_missing_path_is_refused() =>
        Should.Throw<ArgumentNullException>(() => new HtpasswdFile(null!)).Message.ShouldStartWith("path is missing");
}
