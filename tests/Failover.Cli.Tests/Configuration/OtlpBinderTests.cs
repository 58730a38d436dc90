namespace Failover;

public sealed class OtlpBinderTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Nothing_is_sent_unless_it_is_said() => Read("components: {}").Otlp.ShouldBeNull();

    [Theory]
    [InlineData("{}", "http://localhost:4318/")]
    [InlineData("{protocol: grpc}", "http://localhost:4317/")]
    [InlineData("http://collector:4318", "http://collector:4318/")]
    [InlineData("{endpoint: \"https://collector.example.net/otlp\"}", "https://collector.example.net/otlp")]
    public void The_receiver_is_the_usual_one_unless_it_is_said(string otlp, string receiver) =>
        $"{Read($"otlp: {otlp}\ncomponents: {{}}").Otlp!.Receiver}".ShouldBe(receiver);

    [Fact]
    public void All_of_it_is_read_and_the_same_text_is_the_same()
    {
        const string text = """
            otlp:
              endpoint: https://collector:4317
              protocol: grpc
              interval: 30s
              timeout: 5s
              headers: {Authorization: "Bearer se-cret", X-Scope-OrgID: prod}
              resource: {service.name: edge}
              ca: ca.pem
            components: {}
            """;
        OtlpSettings otlp = Read(text).Otlp!;

        otlp.IsGrpc.ShouldBeTrue();
        (otlp.Interval, otlp.Timeout).ShouldBe((Second(30), Second(5)));
        otlp.Headers.ShouldBe([new("Authorization", "Bearer se-cret"), new("X-Scope-OrgID", "prod")]);
        otlp.Resource.ShouldBe([new("service.name", "edge")]);
        otlp.Ca.ShouldBe(folder["ca.pem"]);
        Read(text).Otlp.ShouldBe(otlp);
        Read(text.Replace("se-cret", "another", StringComparison.Ordinal)).Otlp.ShouldNotBe(otlp);
        new OtlpSettings().ShouldBe(Read("otlp: {}\ncomponents: {}").Otlp);
    }

    [Fact]
    public void What_headers_say_is_not_shown()
    {
        FailoverConfiguration configuration = Read(
            "otlp: {headers: {Authorization: Bearer se-cret, X-Scope-OrgID: prod}}\ncomponents: {}"
        );

        TopLevelSettings
            .Of(configuration, configuration.State, configuration.History, configuration.Secrets.Redact)
            .Single(setting => setting.Key == "otlp.headers")
            .Value.ShouldBe("Authorization, X-Scope-OrgID");
        configuration.Secrets.Redact("production").ShouldBe("production");
    }

    [Theory]
    [InlineData("{}", "http://localhost:4318")]
    [InlineData("\"https://collector/otlp?key=se-cret\"", "https://collector/otlp")]
    public void The_receiver_is_shown_without_its_query(string otlp, string shown)
    {
        FailoverConfiguration configuration = Read($"otlp: {otlp}\ncomponents: {{}}");

        TopLevelSettings
            .Of(configuration, configuration.State, configuration.History, configuration.Secrets.Redact)
            .Single(setting => setting.Key == "otlp.endpoint")
            .Value.ShouldBe(shown);
    }

    private FailoverConfiguration Read(string text) => folder.Write(ConfigurationFolder.Main, text).ReadGood();
}
