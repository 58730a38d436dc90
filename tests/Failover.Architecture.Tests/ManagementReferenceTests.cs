namespace Failover;

public sealed class ManagementReferenceTests
{
    [Fact]
    [Trait(GoldenFile.Trait, "yes")]
    public async Task The_document_is_the_one_of_the_routes() =>
        GoldenFile.Check("docs/reference/openapi.json", await ManagementReference.TextAsync());
}
