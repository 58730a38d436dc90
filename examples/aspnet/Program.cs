// An ASP.NET Core application that reports whether its dependencies are up, in both ways:
//   GET /health/mail, /health/orders   for load balancers, on paths of their own
//   GET /healthz                       ASP.NET Core's health endpoint, over all health checks of the application
using Failover;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using static Failover.Units;

var builder = WebApplication.CreateBuilder(args);

// A database context stands here for whatever is scoped: it lives as long as one request, or one probe.
builder.Services.AddScoped<OrdersContext>();

// 1. Components described with services of the application, and a check with a scope for each probe.
builder.Services.AddFailover(
    (provider, failover) =>
    {
        var configuration = provider.GetRequiredService<IConfiguration>();
        failover.AddComponent(
            name: "mail",
            task: new Background(
                task: new Hysteresis(
                    task: new TcpCheck(
                        host: configuration["Mail:Host"] ?? "192.0.2.1",
                        port: configuration.GetValue("Mail:Port", 25)
                    ),
                    okAfter: 2,
                    failAfter: 3
                ),
                interval: Second(1)
            )
        );
    }
);

// 2. A health check as one has it already, held against short disturbances: it is evaluated in the background, and the third
// failure in a row makes /healthz unhealthy.
builder
    .Services.AddHealthChecks()
    .AddFailover(
        "orders",
        provider => new Background(
            task: new Hysteresis(DelegateCheck.Scoped<OrdersHealthCheck>(provider), failAfter: 3),
            interval: Second(0.5)
        )
    );

var app = builder.Build();
app.MapGet("/", () => "Hello");
app.MapFailover("/health");
app.MapHealthChecks("/healthz");
app.Run();

/// <summary>Orders are files in a folder.</summary>
internal sealed class OrdersContext(IConfiguration configuration)
{
    private readonly string folder = configuration["Orders:Folder"] ?? "orders";

    public bool CanConnect() => Directory.Exists(folder);

    public override string ToString() => folder;
}

/// <summary>Unhealthy while the orders cannot be had.</summary>
internal sealed class OrdersHealthCheck(OrdersContext orders) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(
            orders.CanConnect()
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"the folder {orders} is missing")
        );
}
