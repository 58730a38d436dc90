// An ASP.NET Core application that also reports whether its mail server is up: GET /health/mail.
using Failover;
using static Failover.Units;

var builder = WebApplication.CreateBuilder(args);
var mailHost = builder.Configuration["Mail:Host"] ?? "192.0.2.1";
var mailPort = builder.Configuration.GetValue("Mail:Port", 25);
builder.Services.AddFailover(failover =>
    failover.AddComponent(
        name: "mail",
        task: new Background(
            task: new Hysteresis(
                task: new TcpCheck(host: mailHost, port: mailPort),
                okAfter: Count(2),
                failAfter: Count(3)
            ),
            interval: Second(1)
        )
    )
);

var app = builder.Build();
app.MapGet("/", () => "Hello");
app.MapFailover("/health");
app.Run();
