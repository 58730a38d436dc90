using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>Components inside an ASP.NET Core application, on its own web server.</summary>
public sealed class FailoverApplicationTests
{
    private static async Task<WebApplication> StartAsync(
        Action<IServiceCollection> add,
        string prefix = "/health",
        string pathBase = "",
        Func<HttpContext, RequestDelegate, Task>? middleware = null
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        add(builder.Services);
        WebApplication application = builder.Build();
        if (middleware is not null)
        {
            application.Use(middleware);
        }

        application.UsePathBase(pathBase);
        application.UseRouting();
        application.MapGet("/", () => TypedResults.Text("Hello"));
        application.MapFailover(prefix);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return application;
    }

    private static Task<WebApplication> StartAsync(HealthTask task) =>
        StartAsync(services => services.AddFailover(failover => failover.AddComponent("mail", task)));

    private static int PortOf(WebApplication application) =>
        int.Parse(application.Urls.Single().Split(':')[^1], CultureInfo.InvariantCulture);

    private static Task<RawAnswer> GetAsync(WebApplication application, string target) =>
        RawConnection.GetAsync(PortOf(application), target);

    private static Task<RawAnswer> PostAsync(WebApplication application, string credentials, string headers = "") =>
        RawConnection.AskAsync(
            PortOf(application),
            $"POST /health/mail HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n{headers}"
                + $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}\r\n\r\n"
        );

    [Theory]
    [InlineData(HealthState.Ok, 200, "OK")]
    [InlineData(HealthState.Fail, 503, "FAIL")]
    [InlineData(HealthState.Error, 500, "ERROR")]
    public async Task A_state_is_served_below_the_prefix(HealthState state, int status, string body)
    {
        await using WebApplication application = await StartAsync(new ScriptedCheck { Sees = state });

        RawAnswer answer = await GetAsync(application, "/health/mail");

        answer.Status.ShouldBe(status);
        answer.Body.ShouldBe(body);
        answer["Content-Type"].ShouldBe("text/plain; charset=utf-8");
        answer["Cache-Control"].ShouldBe("no-store");
    }

    [Theory]
    [InlineData(4096, 401)]
    [InlineData(4097, 413)]
    [InlineData(1_000_000, 413)]
    public async Task A_body_may_be_4_KiB_whatever_the_application_permits(int length, int status)
    {
        await using WebApplication application = await StartAsync(
            services =>
                services.AddFailover(failover =>
                    failover.AddComponent("backup", new HeartbeatCheck(Hour(1), token: "a-token-of-some-length"))
                ),
            middleware: (http, next) =>
            {
                http.Features.Set<IHttpMaxRequestBodySizeFeature>(null);
                return next(http);
            }
        );

        RawAnswer answer = await RawConnection.AskAsync(
            PortOf(application),
            "POST /health/-/heartbeat/backup HTTP/1.1\r\nHost: localhost\r\n"
                + $"Content-Length: {length}\r\n\r\n{new string('x', Math.Min(length, 4097))}"
        );

        answer.Status.ShouldBe(status, "and what is longer is not waited for");
    }

    [Fact]
    public async Task HEAD_is_answered_without_a_body()
    {
        await using WebApplication application = await StartAsync(new ScriptedCheck { Sees = Fail });

        RawAnswer answer = await RawConnection.AskAsync(
            PortOf(application),
            "HEAD /health/mail HTTP/1.1\r\nHost: x\r\n\r\n"
        );

        answer.Status.ShouldBe(503);
        answer["Content-Length"].ShouldBe("4");
    }

    [Theory]
    [InlineData("/health/mail?verbose", 200)]
    [InlineData("/health/%6Dail", 200)]
    [InlineData("/HEALTH/mail", 404)]
    [InlineData("/health/Mail", 404)]
    [InlineData("/health/mail/", 404)]
    [InlineData("/health//mail", 404)]
    [InlineData("//health/mail", 404)]
    [InlineData("/health/./mail", 404)]
    [InlineData("/health/x/../mail", 404)]
    [InlineData("/health/%2e%2e/health/mail", 404)]
    [InlineData("/health/", 404)]
    [InlineData("/health", 404)]
    [InlineData("/mail", 404)]
    [InlineData("/healthmail", 404)]
    public async Task A_path_is_compared_to_the_letter(string target, int status)
    {
        await using WebApplication application = await StartAsync(new ScriptedCheck());

        (await GetAsync(application, target)).Status.ShouldBe(status);
    }

    [Fact]
    public async Task The_other_endpoints_are_as_they_were()
    {
        await using WebApplication application = await StartAsync(new ScriptedCheck());

        (await GetAsync(application, "/")).Body.ShouldBe("Hello");
        (await GetAsync(application, "/elsewhere")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Without_a_prefix_components_stand_at_the_root_beside_other_endpoints()
    {
        await using WebApplication application = await StartAsync(
            services => services.AddFailover(failover => failover.AddComponent("mail", new ScriptedCheck())),
            prefix: ""
        );

        (await GetAsync(application, "/mail")).Body.ShouldBe("OK");
        (await GetAsync(application, "/")).Body.ShouldBe("Hello");
    }

    [Fact]
    public async Task A_path_base_stands_before_the_prefix()
    {
        await using WebApplication application = await StartAsync(
            services => services.AddFailover(failover => failover.AddComponent("mail", new ScriptedCheck())),
            pathBase: "/app"
        );

        (await GetAsync(application, "/app/health/mail")).Body.ShouldBe("OK");
        (await GetAsync(application, "/app/app/health/mail")).Status.ShouldBe(404);
        (await GetAsync(application, "/health/mail")).Body.ShouldBe("OK", "a path base need not be there");
    }

    [Fact]
    public async Task Components_of_several_calls_add_up()
    {
        await using WebApplication application = await StartAsync(services =>
            services
                .AddFailover(failover => failover.AddComponent("mail", new ScriptedCheck()))
                .AddFailover(failover => failover.AddComponent("web", new ScriptedCheck { Sees = Fail }))
        );

        (await GetAsync(application, "/health/mail")).Body.ShouldBe("OK");
        (await GetAsync(application, "/health/web")).Body.ShouldBe("FAIL");
    }

    [Fact]
    public async Task A_latched_failure_is_reset_by_an_authorised_POST()
    {
        string passwords = Path.GetTempFileName();
        await Htpasswd.RunAsync("-cbB", "-C", "4", passwords, "alice", "secret");
        ScriptedCheck check = new() { Sees = Fail };
        Oneshot reset = new(auth: new HtpasswdFile(passwords));
        await using WebApplication application = await StartAsync(services =>
            services.AddFailover(failover =>
                failover.AddComponent("mail", new Toggle(toFail: check, toOk: reset), onPost: reset.Fire)
            )
        );
        (await GetAsync(application, "/health/mail")).Body.ShouldBe("FAIL");
        check.Sees = Ok;

        (await PostAsync(application, "alice:wrong")).Status.ShouldBe(401);
        (await GetAsync(application, "/health/mail")).Body.ShouldBe("FAIL");
        (await PostAsync(application, "alice:secret")).Body.ShouldBe("Armed");

        (await GetAsync(application, "/health/mail")).Body.ShouldBe("OK");
        (await PostAsync(application, "alice:secret")).Status.ShouldBe(409);
        File.Delete(passwords);
    }

    [Fact]
    public async Task Background_loops_start_and_end_with_the_application()
    {
        ScriptedCheck check = new();
        await using WebApplication application = await StartAsync(new Background(check, interval: Second(0.01)));
        SpinWait.SpinUntil(() => check.Probes >= 3, Second(30)).ShouldBeTrue();

        await application.StopAsync(TestContext.Current.CancellationToken);

        int probes = check.Probes;
        // Real time: twenty intervals, in which a loop that was still there would look.
        await Task.Delay(Second(0.2), TestContext.Current.CancellationToken);
        check.Probes.ShouldBe(probes);
    }

    [Fact]
    public void A_latch_that_no_POST_could_reset_is_refused() =>
        Should
            .Throw<ArgumentException>(() =>
                new ServiceCollection().AddFailover(failover =>
                    failover.AddComponent("mail", new Toggle(new ScriptedCheck(), new Oneshot()))
                )
            )
            .ParamName.ShouldBe("onPost");

    [Fact]
    public async Task An_application_whose_password_file_cannot_be_used_serves_and_answers_POSTs_with_503()
    {
        Oneshot reset = new(auth: new HtpasswdFile("/nowhere/passwords"));
        await using WebApplication application = await StartAsync(services =>
            services.AddFailover(failover =>
                failover.AddComponent("mail", new Toggle(new ScriptedCheck(), reset), onPost: reset.Fire)
            )
        );

        (await GetAsync(application, "/health/mail")).Body.ShouldBe("OK");
        (await PostAsync(application, "alice:secret")).Status.ShouldBe(503);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_a_POST_came_from_is_for_the_applications_own_middleware_to_say(bool hasMiddleware)
    {
        string passwords = Path.GetTempFileName();
        await Htpasswd.RunAsync("-cbB", "-C", "4", passwords, "alice", "secret");
        Oneshot reset = new(auth: new HtpasswdFile(passwords));
        await using WebApplication application = await StartAsync(services =>
        {
            services.AddFailover(failover =>
                failover.AddComponent("mail", new Toggle(new ScriptedCheck(), reset), onPost: reset.Fire)
            );
            if (hasMiddleware)
            {
                services.Configure<ForwardedHeadersOptions>(options =>
                    options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
                );
                services.AddSingleton<IStartupFilter, ForwardingFirst>();
            }
        });
        for (int i = 0; i < 11; i++)
        {
            await PostAsync(application, "alice:guess", "X-Forwarded-For: 203.0.113.7\r\n");
        }

        RawAnswer other = await PostAsync(
            application,
            "alice:secret",
            "X-Forwarded-For: 203.0.113.8\r\nX-Forwarded-Proto: https\r\n"
        );

        other.Status.ShouldBe(hasMiddleware ? 409 : 429);
        RawAnswer page = await PostAsync(
            application,
            "alice:secret",
            "X-Forwarded-For: 203.0.113.8\r\nX-Forwarded-Proto: https\r\nOrigin: https://localhost\r\n"
        );
        page.Status.ShouldBe(hasMiddleware ? 409 : 403);
        File.Delete(passwords);
    }

    [Fact]
    public async Task Mapping_without_adding_is_told_what_is_missing()
    {
        await using WebApplication application = WebApplication.CreateSlimBuilder().Build();

        Should
            .Throw<InvalidOperationException>(() => application.MapFailover("/health"))
            .Message.ShouldContain("AddFailover");
    }

    [Theory]
    [InlineData("health")]
    [InlineData("/")]
    [InlineData("/health/")]
    [InlineData("/{name}")]
    [InlineData("/he%61lth")]
    [InlineData("/health?")]
    [InlineData("/health#x")]
    public async Task A_prefix_that_is_no_plain_path_is_refused(string prefix)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddFailover(failover => failover.AddComponent("mail", new ScriptedCheck()));
        await using WebApplication application = builder.Build();

        ArgumentException refusal = Should.Throw<ArgumentException>(() => application.MapFailover(prefix));

        refusal.ParamName.ShouldBe("prefix");
        refusal.Message.ShouldContain($"\"{prefix}\"");
    }

    [Fact]
    public void A_component_that_is_described_wrongly_is_refused_where_it_is_added()
    {
        Should
            .Throw<ArgumentException>(() =>
                new ServiceCollection().AddFailover(failover => failover.AddComponent("/mail", new ScriptedCheck()))
            )
            .ParamName.ShouldBe("name");
    }

    private sealed class ForwardingFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            application => next(application.UseForwardedHeaders());
    }
}
