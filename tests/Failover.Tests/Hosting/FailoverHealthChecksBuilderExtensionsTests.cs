using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>Components behind an ordinary health endpoint of ASP.NET Core's.</summary>
public sealed class FailoverHealthChecksBuilderExtensionsTests
{
    private static async Task<WebApplication> StartAsync(Action<IServiceCollection> add)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        add(builder.Services);
        WebApplication application = builder.Build();
        application.MapHealthChecks("/healthz");
        application.MapFailover("/health");
        await application.StartAsync(TestContext.Current.CancellationToken);
        return application;
    }

    private static async Task<string> GetAsync(WebApplication application, string target = "/healthz")
    {
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };
        using HttpResponseMessage answer = await client.GetAsync(target, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static int PortOf(WebApplication application) =>
        int.Parse(application.Urls.Single().Split(':')[^1], CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_task_gives_hysteresis_to_an_ordinary_health_endpoint()
    {
        ScriptedCheck check = new();
        await using WebApplication application = await StartAsync(services =>
            services.AddHealthChecks().AddFailover("mail", new Hysteresis(check, failAfter: 3))
        );
        (await GetAsync(application)).ShouldBe("Healthy");
        check.Sees = Fail;

        (await GetAsync(application)).ShouldBe("Healthy");
        (await GetAsync(application)).ShouldBe("Healthy");
        (await GetAsync(application)).ShouldBe("Unhealthy");
        (await GetAsync(application, "/health/mail")).ShouldBe("FAIL", "it is served to pollers as well");
    }

    [Fact]
    public async Task A_latch_holds_until_it_is_reset()
    {
        string passwords = Path.GetTempFileName();
        await Htpasswd.RunAsync("-cbB", "-C", "4", passwords, "alice", "secret");
        ScriptedCheck check = new() { Sees = Fail };
        Toggle latch = new(toFail: check, toOk: new Oneshot(auth: new HtpasswdFile(passwords)));
        await using WebApplication application = await StartAsync(services =>
            services.AddHealthChecks().AddFailover("mail", latch, onPost: latch.Reset)
        );
        (await GetAsync(application)).ShouldBe("Unhealthy");
        check.Sees = Ok;
        (await GetAsync(application)).ShouldBe("Unhealthy");

        RawAnswer answer = await RawConnection.AskAsync(
            PortOf(application),
            "POST /health/mail HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                + $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("alice:secret"))}\r\n\r\n"
        );

        answer.Body.ShouldBe("Armed");
        (await GetAsync(application)).ShouldBe("Healthy");
        File.Delete(passwords);
    }

    [Fact]
    public async Task A_task_over_a_registered_health_check_is_described_with_services()
    {
        FixedHealthCheck orders = new();
        await using WebApplication application = await StartAsync(services =>
            services
                .AddHealthChecks()
                .AddCheck("orders", orders, tags: ["raw"])
                .AddFailover(
                    "steady-orders",
                    provider => new Hysteresis(DelegateCheck.Registered(provider, "orders"), failAfter: 2)
                )
        );
        orders.Status = HealthStatus.Unhealthy;

        (await GetAsync(application, "/health/steady-orders")).ShouldBe("OK");
        (await GetAsync(application, "/health/steady-orders")).ShouldBe("FAIL");
    }

    [Fact]
    public async Task An_ok_with_a_warning_is_degraded()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services
            .AddHealthChecks()
            .AddFailover(
                "tls",
                new Hysteresis(new DelegateCheck(() => Observation.OkWithWarning("expires in 3 days")), failAfter: 2)
            );
        await using ServiceProvider provider = services.BuildServiceProvider();
        HealthService service = provider.GetRequiredService<FailoverApplication>().Service;
        service.Start(_ => { }, _ => { });

        HealthReport report = await provider
            .GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(TestContext.Current.CancellationToken);

        report.Entries["tls"].Status.ShouldBe(HealthStatus.Degraded);
        report.Entries["tls"].Description.ShouldBe("expires in 3 days");
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_fail_is_reported_as_the_failure_status_under_its_tags()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services
            .AddHealthChecks()
            .AddFailover(
                "mail",
                new ScriptedCheck { Sees = Fail },
                failureStatus: HealthStatus.Degraded,
                tags: ["ready"]
            )
            .AddFailover("web", new ScriptedCheck { Sees = Fail });
        await using ServiceProvider provider = services.BuildServiceProvider();
        HealthService service = provider.GetRequiredService<FailoverApplication>().Service;
        service.Start(_ => { }, _ => { });

        HealthReport report = await provider
            .GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(one => one.Tags.Contains("ready"), TestContext.Current.CancellationToken);

        report.Entries.ShouldHaveSingleItem().Key.ShouldBe("mail");
        report.Status.ShouldBe(HealthStatus.Degraded);
        await service.DisposeAsync();
    }

    [Fact]
    public void A_component_that_is_described_wrongly_is_refused_where_it_is_added()
    {
        IHealthChecksBuilder checks = new ServiceCollection().AddHealthChecks();

        Should
            .Throw<ArgumentException>(() => checks.AddFailover("/mail", new ScriptedCheck()))
            .ParamName.ShouldBe("name");
        Should
            .Throw<ArgumentException>(() => checks.AddFailover("mail", new Toggle(new ScriptedCheck(), new Oneshot())))
            .ParamName.ShouldBe("onPost");
        Should
            .Throw<ArgumentException>(() => checks.AddFailover("/mail", _ => new ScriptedCheck()))
            .ParamName.ShouldBe("name");
    }

    private sealed class FixedHealthCheck : IHealthCheck
    {
        public HealthStatus Status { get; set; } = HealthStatus.Healthy;

        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        ) => Task.FromResult(new HealthCheckResult(Status));
    }
}
