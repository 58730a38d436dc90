using System.Globalization;

namespace Failover;

/// <summary>The ASP.NET Core application in examples/ as a process.</summary>
public sealed class AspNetExampleTests : IDisposable
{
    private readonly string orders = Directory.CreateTempSubdirectory("failover-").FullName;

    public void Dispose()
    {
        if (Directory.Exists(orders))
        {
            Directory.Delete(orders);
        }
    }

    [Fact]
    public async Task The_application_serves_its_components_beside_its_own_endpoint()
    {
        using Target mail = Target.Started();
        await using ChildProcess application = Start(mail.Port);
        int port = await PortOfAsync(application);

        (await GetAsync(port, "/")).ShouldBe("Hello");
        await BecomesAsync(port, "/health/mail", "OK");
        mail.Stop();
        await BecomesAsync(port, "/health/mail", "FAIL");
        (await GetAsync(port, "/")).ShouldBe("Hello");
        await application.LineAsync("ok -> fail: ");
    }

    [Fact]
    public async Task The_health_endpoint_of_the_application_tells_when_a_check_fails_and_when_it_is_well_again()
    {
        using Target mail = Target.Started();
        await using ChildProcess application = Start(mail.Port);
        int port = await PortOfAsync(application);
        await BecomesAsync(port, "/healthz", "Healthy");

        Directory.Delete(orders);
        await BecomesAsync(port, "/healthz", "Unhealthy");
        (await GetAsync(port, "/health/orders")).ShouldBe("FAIL");
        await application.LineAsync($"the folder {orders} is missing");

        Directory.CreateDirectory(orders);
        await BecomesAsync(port, "/healthz", "Healthy");
        (await GetAsync(port, "/health/orders")).ShouldBe("OK");
    }

    private ChildProcess Start(int mailPort)
    {
        // These tests are built with the application, into a folder of the same name.
        string program = Path.Combine(
            AppContext.BaseDirectory.Replace(
                "tests/Failover.EndToEnd.Tests",
                "examples/aspnet",
                StringComparison.Ordinal
            ),
            "aspnet.dll"
        );
        return ChildProcess.StartDotnet([
            program,
            "--urls",
            "http://127.0.0.1:0",
            "--Mail:Host",
            "127.0.0.1",
            "--Mail:Port",
            $"{mailPort}",
            "--Orders:Folder",
            orders,
            // Scoped services that are asked of the root provider throw there.
            "--environment",
            "Development",
        ]);
    }

    private static async Task<int> PortOfAsync(ChildProcess application)
    {
        string line = await application.LineAsync("Now listening on: http://");
        return int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }

    private static async Task<string> GetAsync(int port, string path)
    {
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using HttpResponseMessage answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static Task<string> BecomesAsync(int port, string path, string body) =>
        Eventually.GetAsync(() => GetAsync(port, path), answer => answer == body, $"{path}: {body}");
}
