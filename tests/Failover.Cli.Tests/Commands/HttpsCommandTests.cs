using System.Runtime.Versioning;

namespace Failover;

/// <summary>Whom the commands take for the daemon over HTTPS.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class HttpsCommandTests : IAsyncLifetime
{
    private readonly TestAuthority authority = new();
    private readonly CertificateFiles files = new();
    private readonly CommandUnderTest command = new();
    private RunningDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        files.Write(authority.Issue("daemon"));
        daemon = await RunningDaemon.StartHttpsAsync("components: {web: {tcp: \"127.0.0.1:1\"}}", files);
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        command.Dispose();
        files.Dispose();
        authority.Dispose();
    }

    [Fact]
    public async Task An_authority_that_the_system_does_not_know_is_not_trusted()
    {
        (await command.RunAsync("status", "--url", daemon.Url)).ShouldBe(69);

        command.Error.ShouldBe($"failover: cannot reach the daemon at {daemon.Url}: its certificate is not trusted\n");
    }

    [Fact]
    public async Task An_authority_that_is_given_is_trusted_and_no_other_one()
    {
        using TestAuthority another = new();
        command.Write(authority.RootPem, "ca.pem").Write(another.RootPem, "another.pem");

        (await command.RunAsync("status", "--url", daemon.Url, "--ca-file", command["ca.pem"])).ShouldBe(0);
        (await command.RunAsync("status", "--url", daemon.Url, "--ca-file", command["another.pem"])).ShouldBe(69);

        command.Error.ShouldEndWith("its certificate is not trusted\n");
    }

    [Theory]
    [InlineData("localhost", 0)]
    [InlineData("127.0.0.2", 69)]
    public async Task A_certificate_is_good_for_the_hosts_that_it_names(string host, int code)
    {
        command.Write(authority.RootPem, "ca.pem");
        string url = daemon.Url.Replace("127.0.0.1", host, StringComparison.Ordinal);

        (await command.RunAsync("status", "--url", url, "--ca-file", command["ca.pem"])).ShouldBe(code);
    }

    [Fact]
    public async Task The_daemon_of_a_file_is_known_by_its_certificate_and_no_other_one_will_do()
    {
        (await StatusByFileAsync(files)).ShouldBe(0);

        using CertificateFiles others = new();
        others.Write(authority.Issue("daemon"));
        (await StatusByFileAsync(others)).ShouldBe(69);

        command.Error.ShouldEndWith("its certificate is not trusted\n");
    }

    [Theory]
    [InlineData(null, "cannot be read: Could not find file")]
    [InlineData("", "failover: there is no certificate in ca.pem\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read: ")]
    public async Task A_file_without_authorities_is_reported(string? text, string error)
    {
        if (text is not null)
        {
            command.Write(text, "ca.pem");
        }

        (await command.RunAsync("status", "--url", daemon.Url, "--ca-file", command["ca.pem"])).ShouldBe(69);

        command.Error.ShouldContain(error);
        command.Error.ShouldContain("ca.pem");
    }

    private Task<int> StatusByFileAsync(CertificateFiles certificate)
    {
        command.Write(
            $$"""
            management: "{{daemon.Url}}"
            tls: {certificate: "{{certificate.Path}}", key: "{{certificate.KeyPath}}"}
            components: {web: {tcp: "127.0.0.1:1"} }
            """
        );
        return command.RunAsync("status");
    }
}
