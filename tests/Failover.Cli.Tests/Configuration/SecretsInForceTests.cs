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

    [Fact]
    public void A_value_that_was_replaced_long_ago_is_kept_out_for_as_long_as_a_latch_may_tell_it()
    {
        SecretsInForce secrets = new(With("first-password", "${file:one}"));
        for (int i = 0; i < 10; i++)
        {
            secrets.Use(With($"password-{i}", "${file:one}"));
        }

        secrets.Redact("first-password password-3").ShouldBe("${file:one} ${file:one}");
    }

    [Fact]
    public void The_values_in_force_are_kept_out_however_many_there_were()
    {
        SecretsInForce secrets = new(With("in-force-all-the-time", "${env:ONE}"));
        for (int i = 0; i < SecretsInForce.MostValues + 10; i += 500)
        {
            Secrets many = With("in-force-all-the-time", "${env:ONE}");
            for (int j = 0; j < 500; j++)
            {
                many.Add($"value-{i + j}-", "${env:MANY}");
            }

            secrets.Use(many);
        }

        secrets.Redact("in-force-all-the-time").ShouldBe("${env:ONE}");
    }

    [Theory]
    [InlineData("2001:DB8:0:0:0::1", "refused: [2001:db8::1]:25")]
    [InlineData("2001:db8::1", "refused: [2001:0db8:0000:0000:0000:0000:0000:0001]:25")]
    [InlineData("2001:db8::1", "refused: [2001:DB8:0:0:0:0:0:1]:25")]
    [InlineData("::ffff:192.0.2.1", "refused: [192.0.2.1]:25")]
    [InlineData("192.0.2.1", "refused: [::ffff:192.0.2.1]:25")]
    [InlineData("a/b c", "refused: [a%2Fb%20c]:25")]
    [InlineData("tab\tulator", "refused: [tab\\u0009ulator]:25")]
    public void A_secret_is_kept_out_in_every_spelling(string value, string text) =>
        new SecretsInForce(With(value, "${env:HOST}")).Redact(text).ShouldBe("refused: [${env:HOST}]:25");

    private static Secrets With(string value, string shown)
    {
        Secrets secrets = new();
        secrets.Add(value, shown);
        return secrets;
    }
}
