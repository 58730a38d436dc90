namespace Failover;

public sealed class BearerTokenTests
{
    private readonly BearerToken token = new("backup", "correct-horse");

    [Theory]
    [InlineData("Bearer correct-horse", true)]
    [InlineData("bearer  correct-horse ", true)]
    [InlineData("Bearer correct-hors", false)]
    [InlineData("Bearer correct-horse-battery", false)]
    [InlineData("Bearer Correct-Horse", false)]
    [InlineData("Bearer ", false)]
    public void The_whole_secret_matches_and_nothing_else(string header, bool matches) =>
        token.Matches(BearerToken.Parse(header).ShouldNotBeNull()).ShouldBe(matches);

    [Theory]
    [InlineData("Basic Y29ycmVjdC1ob3JzZQ==")]
    [InlineData("correct-horse")]
    [InlineData("Bearer")]
    [InlineData("")]
    public void Another_scheme_is_no_token(string header) => BearerToken.Parse(header).ShouldBeNull();

    [Fact]
    public void Two_headers_or_an_endless_one_are_no_token()
    {
        BearerToken.Parse(new(["Bearer a", "Bearer correct-horse"])).ShouldBeNull();
        BearerToken.Parse($"Bearer {new string('x', 1024)}").ShouldBeNull();
    }
}
