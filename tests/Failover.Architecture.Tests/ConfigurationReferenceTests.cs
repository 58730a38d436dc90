namespace Failover;

public sealed class ConfigurationReferenceTests
{
    [Fact]
    [Trait(GoldenFile.Trait, "yes")]
    public void The_reference_shows_the_file_as_it_is() =>
        GoldenFile.Check("docs/reference/configuration.md", ConfigurationReference.Page);

    [Fact]
    [Trait(GoldenFile.Trait, "yes")]
    public void The_schema_is_the_one_of_the_file() =>
        GoldenFile.Check("docs/reference/failover.schema.json", ConfigurationSchema.Text);
}
