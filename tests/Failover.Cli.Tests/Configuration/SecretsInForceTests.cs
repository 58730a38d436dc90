namespace Failover;

public sealed class SecretsInForceTests
{
    [Fact]
    public void Secrets_of_this_configuration_and_of_the_one_before_are_kept_out_of_texts()
    {
        SecretsInForce secrets = new(With("first-password", "${env:ONE}"));
        secrets.Use(With("second-password", "${env:TWO}"));

        secrets.Redact("first-password, second-password, and a word").ShouldBe("${env:ONE}, ${env:TWO}, and a word");
    }

    private static Secrets With(string value, string shown)
    {
        Secrets secrets = new();
        secrets.Add(value, shown);
        return secrets;
    }
}
