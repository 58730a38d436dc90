namespace Failover;

public sealed class ComponentNameTests
{
    [Theory]
    [InlineData("mail")]
    [InlineData("a/b/c")]
    [InlineData("café")]
    [InlineData("50%")]
    [InlineData("a b")]
    [InlineData("-")]
    [InlineData("-x/y")]
    [InlineData("a/-/b")]
    [InlineData("...")]
    [InlineData(".hidden")]
    [InlineData("a:b?c#d")]
    [InlineData("📫")]
    public void A_path_of_plain_segments_is_a_name(string name) => ComponentName.Check(name).ShouldBe(name);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("/", "leading slash")]
    [InlineData("/mail", "leading slash")]
    [InlineData("a\0", "control character")]
    [InlineData("a\n", "control character")]
    [InlineData("a\u007f", "control character")]
    [InlineData("a\u0085", "control character")]
    [InlineData("a//b", "empty segment")]
    [InlineData("a/", "empty segment")]
    [InlineData(".", ". or .. segment")]
    [InlineData("..", ". or .. segment")]
    [InlineData("a/./b", ". or .. segment")]
    [InlineData("a/..", ". or .. segment")]
    [InlineData("-/", "empty segment")]
    [InlineData("-/metrics", "under -/")]
    public void Any_other_is_refused_with_what_is_wrong_and_what_is_accepted(string name, string flaw)
    {
        ArgumentException refusal = Should.Throw<ArgumentException>(() => ComponentName.Check(name));

        refusal.ParamName.ShouldBe("name");
        refusal.Message.ShouldContain(flaw);
        refusal.Message.ShouldContain("accepted: ");
        refusal.Message.ShouldNotContain('\n');
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Should.Throw<ArgumentException>(() => ComponentName.Check("a\ud83d")).Message.ShouldContain("UTF-8");
    }
}
