namespace Failover;

/// <summary>What may need the platform's cryptography has it loaded at the start: see <see cref="Cryptography"/>.</summary>
public sealed class CryptographyTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("tcp: {host: localhost, port: 1}")]
    [InlineData("tcp: {host: 127.0.0.1, port: 1, preset: redis}")]
    [InlineData("http: http://localhost/")]
    [InlineData("file: {path: /etc/passwd}")]
    [InlineData("exec: {command: [/bin/true]}")]
    [InlineData("all: [{tcp: 127.0.0.1:1}, {any: [{tcp: localhost:2}]}]")]
    public void It_is_not_needed_by(string task) => IsUsed(InComponent(task)).ShouldBeFalse();

    [Theory]
    [InlineData("tcp: {host: 127.0.0.1, port: 1, tls: true}")]
    [InlineData("tcp: {host: 127.0.0.1, port: 1, preset: smtp, starttls: true}")]
    [InlineData("tcp: {host: name, port: 1, resolver: 127.0.0.1}")]
    [InlineData("http: https://localhost/")]
    [InlineData("http: {url: \"http://localhost/\", follow_redirects: true}")]
    [InlineData("tls: localhost:443")]
    [InlineData("ping: 127.0.0.1")]
    [InlineData("all: [{tcp: 127.0.0.1:1}, {any: [{ping: 127.0.0.1}]}]")]
    public void It_may_be_needed_by(string task) => IsUsed(InComponent(task)).ShouldBeTrue();

    [Theory]
    [InlineData("otlp: http://localhost:4318")]
    [InlineData("access: {tokens: {ci: {role: view, secret: 0123456789abcdef0123456789abcdef}}}")]
    [InlineData("listen: https://127.0.0.1:0\ntls: {certificate: a.pem, key: b.pem}")]
    [InlineData("probes: {modules: {web: {tcp: {}}}, targets: [\"127.0.0.1:*\"]}")]
    public void It_may_be_needed_by_the_rest_of_a_file(string settings) =>
        IsUsed($"{settings}\n{InComponent("tcp: 127.0.0.1:1")}").ShouldBeTrue();

    private static string InComponent(string task) => $"components: {{web: {{{task}}}}}";

    private bool IsUsed(string text) => Cryptography.IsUsedBy(folder.Write(ConfigurationFolder.Main, text).ReadGood());
}
