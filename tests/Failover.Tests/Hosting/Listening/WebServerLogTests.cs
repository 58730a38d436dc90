using System.Runtime.Versioning;
using static Failover.ListenerUnderTest;

namespace Failover;

/// <summary>What the web server itself has to say stands in the log.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class WebServerLogTests : IAsyncDisposable
{
    private const string PlainRequest = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly ManualTime time = new() { WallClock = TimeProvider.System.GetUtcNow() };
    private readonly EventLog log;

    public WebServerLogTests() => log = new(output, time);

    public async ValueTask DisposeAsync()
    {
        await log.DisposeAsync();
        await output.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_speaks_no_TLS_is_one_warning_in_a_minute()
    {
        using TestAuthority authority = new();
        using CertificateFiles files = new();
        files.Write(authority.Issue("one"));
        using TlsCertificate certificate = new(files.Path, files.KeyPath, time);
        certificate.Load();
        await using (Listener listener = new(FreePort with { IsTls = true }, Says("x"), new(100), certificate))
        {
            listener.Logging = log.Factory;
            await listener.StartAsync(TestContext.Current.CancellationToken);
            await FailAsync(listener);
            await FailAsync(listener);
            time.Advance(Minute(1));
            await FailAsync(listener);
        }

        string[] warnings = await WarningsAsync();
        warnings.Length.ShouldBe(2);
        warnings[0].ShouldContain("Failed to authenticate HTTPS connection.");
        warnings[1].ShouldContain("(1 more of this kind since the last one)");

        static async Task FailAsync(Listener listener)
        {
            using RawConnection plain = await ConnectAsync(listener);
            await plain.SendAsync(PlainRequest);
            (await plain.IsClosedAsync()).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task An_unexpected_fault_in_an_answer_is_an_error_with_its_trace()
    {
        await using (
            Listener listener = new(FreePort, _ => throw new InvalidOperationException("bro\u001bken"), new(100))
        )
        {
            listener.Logging = log.Factory;
            await listener.StartAsync(TestContext.Current.CancellationToken);
            using RawConnection client = await ConnectAsync(listener);
            await client.SendAsync(PlainRequest);
            (await client.ReadAnswerAsync()).Status.ShouldBe(500);
        }

        await log.DisposeAsync();
        string text = output.ToString();
        text.ShouldContain("Z error: Microsoft.AspNetCore.Server.Kestrel: ");
        text.ShouldContain("\n  System.InvalidOperationException: bro\\u001bken\n     at ");
    }

    [Fact]
    public async Task Requests_and_connections_that_go_well_are_not_reported()
    {
        await using (Listener listener = new(FreePort, Says("x"), new(100)))
        {
            listener.Logging = log.Factory;
            await listener.StartAsync(TestContext.Current.CancellationToken);
            using RawConnection client = await ConnectAsync(listener);
            (await AskAsync(client)).ShouldBe("x");
        }

        await log.DisposeAsync();
        output.ToString().ShouldBeEmpty();
    }

    private async Task<string[]> WarningsAsync()
    {
        await log.DisposeAsync();
        return [.. output.ToString().Split('\n').Where(line => line.Contains("Z warning: ", StringComparison.Ordinal))];
    }
}
