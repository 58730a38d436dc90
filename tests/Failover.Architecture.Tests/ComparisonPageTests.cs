namespace Failover;

public sealed class ComparisonPageTests
{
    private static YamlMap Facts => Parse(Repository.Read(ComparisonPage.Facts));

    [Fact]
    [Trait(GoldenFile.Trait, "yes")]
    public void The_page_shows_the_index_and_the_facts_as_they_are() =>
        GoldenFile.Check(ComparisonPage.Page, new ComparisonPage([.. TaskKinds.All], Facts).Text());

    [Fact]
    public void Every_fact_has_its_source() => new ComparisonPage([.. TaskKinds.All], Facts).Flaws().ShouldBeEmpty();

    [Fact]
    public void Our_column_is_what_the_index_has()
    {
        YamlMap facts = Parse(
            """
            peers: {a: {name: A, read: 1, sources: {s: "https://a.example"}}}
            rows:
              tls: {a: ["`x`", s]}
              tls.warn_within: {a: [no, s]}
              tls.colour: {}
              carrier_pigeon: {}
            """
        );

        string page = new ComparisonPage([TlsCheck.Kind], facts).Text();

        page.ShouldContain("| the check or the logic itself | `tls` | [`x`](https://a.example) |");
        page.ShouldContain("| `warn_within` | [no](https://a.example) |");
        page.ShouldContain("| colour | — |  |");
        page.ShouldContain(
            "## `carrier_pigeon`\n\n| | Failover | A |\n|---|---|---|\n| the check or the logic itself | — |  |"
        );
    }

    [Theory]
    [InlineData("b: [x, s]")]
    [InlineData("a: [x, t]")]
    [InlineData("a: x")]
    public void A_fact_without_a_source_is_seen(string cell) =>
        new ComparisonPage(
            [],
            Parse($"peers: {{a: {{name: A, read: 1, sources: {{s: u}}}}}}\nrows: {{tcp: {{{cell}}}}}\n")
        )
            .Flaws()
            .ShouldHaveSingleItem();

    private static YamlMap Parse(string text)
    {
        ConfigurationErrors errors = new();
        YamlNode? root = YamlReader.Read(ComparisonPage.Facts, text, errors);
        errors.InOrder([]).ShouldBeEmpty();
        return root.ShouldBeOfType<YamlMap>();
    }
}
