namespace Failover;

public sealed class GoldenFileTests
{
    [Theory]
    [InlineData("a\nb\nc", "a\nc", "- b")]
    [InlineData("a\nc", "a\nb\nc", "+ b")]
    [InlineData("a\nb\nc", "a\nx\nc", "- b\n+ x")]
    [InlineData("", "a", "- \n+ a")]
    public void A_diff_shows_what_goes_and_what_comes(string before, string after, string diff) =>
        GoldenFile.Diff(before, after).ShouldBe(diff);

    [Fact]
    public void A_file_that_differs_fails_and_names_the_command_that_accepts_it() =>
        Should
            .Throw<Exception>(() => GoldenFile.Check("docs/reference/none.md", "something", isAccepting: false))
            .Message.ShouldContain("./build.sh docs");
}
