using System.Globalization;

namespace Failover;

/// <summary>The ASP.NET Core application in examples/ as a process.</summary>
public sealed class AspNetExampleTests
{
    [Fact]
    public async Task The_application_serves_its_component_beside_its_own_endpoint()
    {
        using Target mail = Target.Started();
        // These tests are built with the application, into a folder of the same name.
        string program = Path.Combine(
            AppContext.BaseDirectory.Replace(
                "tests/Failover.EndToEnd.Tests",
                "examples/aspnet",
                StringComparison.Ordinal
            ),
            "aspnet.dll"
        );
        await using ChildProcess application = ChildProcess.StartDotnet([
            program,
            "--urls",
            "http://127.0.0.1:0",
            "--Mail:Host",
            "127.0.0.1",
            "--Mail:Port",
            $"{mail.Port}",
        ]);
        string line = await application.LineAsync("Now listening on: http://");
        int port = int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);

        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        (await client.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldBe("Hello");
        (await RawConnection.GetAsync(port, "/health/mail")).Status.ShouldBe(200);
        mail.Stop();
        await Eventually.GetAsync(
            async () => (await RawConnection.GetAsync(port, "/health/mail")).Status,
            status => status == 503,
            "503"
        );
        (await client.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldBe("Hello");
        await application.LineAsync("ok -> fail: ");
    }
}
