using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Failover;

/// <summary>Checks with services of an application.</summary>
public sealed class DelegateCheckServicesTests
{
    private static async Task<Observation> ProbeAsync(DelegateCheck check) =>
        await check.ProbeAsync(TimeProvider.System, TestContext.Current.CancellationToken);

    // As an application in development is: a scoped service that is asked of the root throws.
    private static ServiceProvider Services(Action<IServiceCollection> add)
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<Sessions>();
        services.AddScoped<Session>();
        add(services);
        return services.BuildServiceProvider(validateScopes: true);
    }

    [Fact]
    public async Task Each_probe_has_a_scope_that_is_disposed_of_when_it_ends()
    {
        await using ServiceProvider provider = Services(_ => { });
        Sessions sessions = provider.GetRequiredService<Sessions>();
        DelegateCheck check = DelegateCheck.Scoped(
            provider,
            (services, _) => Task.FromResult(services.GetRequiredService<Session>().IsOpen && sessions.Open == 1)
        );

        (await ProbeAsync(check)).State.ShouldBe(Ok);
        (await ProbeAsync(check)).State.ShouldBe(Ok);

        (sessions.Opened, sessions.Open).ShouldBe((2, 0));
    }

    [Fact]
    public async Task A_scope_is_disposed_of_when_the_check_throws()
    {
        await using ServiceProvider provider = Services(_ => { });
        DelegateCheck check = DelegateCheck.Scoped(
            provider,
            Task<Observation> (services, _) =>
            {
                services.GetRequiredService<Session>();
                throw new InvalidOperationException("no table");
            }
        );

        (await Should.ThrowAsync<InvalidOperationException>(() => ProbeAsync(check))).Message.ShouldBe("no table");

        provider.GetRequiredService<Sessions>().Open.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_health_check_takes_scoped_services_whether_it_is_registered_or_not(bool isRegistered)
    {
        await using ServiceProvider provider = Services(services =>
        {
            if (isRegistered)
            {
                services.AddScoped<SessionHealthCheck>();
            }
        });
        DelegateCheck check = DelegateCheck.Scoped<SessionHealthCheck>(provider);

        Observation seen = await ProbeAsync(check);

        (seen.State, seen.Reason).ShouldBe((Fail, "session 1 is open"));
        check.Summary.ShouldBe("SessionHealthCheck");
        provider.GetRequiredService<Sessions>().Open.ShouldBe(0);
    }

    [Fact]
    public async Task A_registered_health_check_is_called_by_its_name_with_its_registration()
    {
        await using ServiceProvider provider = Services(services =>
            services.AddHealthChecks().AddCheck<SessionHealthCheck>("orders", timeout: Second(3))
        );
        DelegateCheck check = DelegateCheck.Registered(provider, "Orders");

        (await ProbeAsync(check)).Reason.ShouldBe("session 1 is open");

        (check.Name, check.Timeout).ShouldBe(("orders", Second(3)));
        DelegateCheck.Registered(provider, "orders", Second(4)).Timeout.ShouldBe(Second(4));
        provider.GetRequiredService<Sessions>().Open.ShouldBe(0);
    }

    [Fact]
    public async Task A_registration_without_a_timeout_has_the_default_one()
    {
        await using ServiceProvider provider = Services(services =>
            services.AddHealthChecks().AddCheck<SessionHealthCheck>("orders")
        );

        DelegateCheck.Registered(provider, "orders").Timeout.ShouldBe(Second(10));
    }

    [Fact]
    public async Task A_name_that_is_not_registered_is_refused_with_those_that_are()
    {
        await using ServiceProvider provider = Services(services =>
            services
                .AddHealthChecks()
                .AddCheck<SessionHealthCheck>("orders")
                .AddCheck<SessionHealthCheck>("stock")
                .AddFailover("mail", new ScriptedCheck())
        );

        ArgumentException unknown = Should.Throw<ArgumentException>(() => DelegateCheck.Registered(provider, "order"));
        ArgumentException itself = Should.Throw<ArgumentException>(() => DelegateCheck.Registered(provider, "mail"));

        unknown.ParamName.ShouldBe("name");
        unknown.Message.ShouldStartWith(
            "name is \"order\", which no health check is registered under; accepted: orders, stock"
        );
        itself.Message.ShouldStartWith(
            "name is \"mail\", which is a component itself and could wait for itself; accepted: orders, stock"
        );
    }

    [Fact]
    public async Task All_health_checks_with_a_tag_are_called_and_no_component()
    {
        await using ServiceProvider provider = Services(services =>
            services
                .AddHealthChecks()
                .AddCheck("orders", () => HealthCheckResult.Healthy(), tags: ["Live"], timeout: Second(3))
                .AddCheck("stock", () => HealthCheckResult.Healthy(), tags: ["live", "slow"])
                .AddCheck("reports", () => HealthCheckResult.Unhealthy(), tags: ["slow"])
                .AddFailover("mail", new ScriptedCheck(), tags: ["live"])
        );

        All live = DelegateCheck.Tagged(provider, "live");

        live.Children.Cast<DelegateCheck>()
            .Select(check => (check.Name, check.Timeout))
            .ShouldBe([("orders", Second(3)), ("stock", Second(10))]);
        await using EngineUnderTest test = new();
        Component component = test.Add(live);
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        DelegateCheck.Tagged(provider, "slow", Second(1)).LongestTime.ShouldBe(Second(1));
    }

    [Fact]
    public async Task A_tag_that_no_health_check_has_is_refused_with_those_that_they_have()
    {
        await using ServiceProvider provider = Services(services =>
            services
                .AddHealthChecks()
                .AddCheck<SessionHealthCheck>("orders", tags: ["live", "slow"])
                .AddFailover("mail", new ScriptedCheck(), tags: ["edge"])
        );
        await using ServiceProvider none = Services(_ => { });

        ArgumentException unknown = Should.Throw<ArgumentException>(() => DelegateCheck.Tagged(provider, "edge"));
        ArgumentException empty = Should.Throw<ArgumentException>(() => DelegateCheck.Tagged(none, "live"));

        unknown.ParamName.ShouldBe("tag");
        unknown.Message.ShouldStartWith("tag is \"edge\", which no health check has; accepted: live, slow");
        empty.Message.ShouldStartWith(
            "tag is \"live\", which no health check has; accepted: a tag of a check of services.AddHealthChecks()"
        );
    }

    [Fact]
    public async Task A_name_is_refused_where_nothing_is_registered()
    {
        await using ServiceProvider provider = Services(_ => { });

        Should
            .Throw<ArgumentException>(() => DelegateCheck.Registered(provider, "orders"))
            .Message.ShouldContain("accepted: a name of services.AddHealthChecks()");
    }

    [Fact]
    public async Task Bad_arguments_are_refused()
    {
        await using ServiceProvider provider = Services(_ => { });

        Should
            .Throw<ArgumentNullException>(() => DelegateCheck.Scoped(null!, (_, _) => Task.FromResult(true)))
            .ParamName.ShouldBe("provider");
        Should
            .Throw<ArgumentNullException>(() =>
                DelegateCheck.Scoped(provider, (Func<IServiceProvider, CancellationToken, Task<bool>>)null!)
            )
            .ParamName.ShouldBe("check");
        Should
            .Throw<ArgumentOutOfRangeException>(() =>
                DelegateCheck.Scoped<SessionHealthCheck>(provider, timeout: Day(31))
            )
            .ParamName.ShouldBe("timeout");
        Should.Throw<ArgumentNullException>(() => DelegateCheck.Registered(provider, null!)).ParamName.ShouldBe("name");
    }

    private sealed class Sessions
    {
        public int Opened { get; set; }

        public int Open { get; set; }
    }

    /// <summary>As a DbContext is: scoped, and to be disposed of.</summary>
    private sealed class Session : IAsyncDisposable
    {
        private readonly Sessions all;

        public Session(Sessions all)
        {
            this.all = all;
            all.Open++;
            Number = ++all.Opened;
        }

        public int Number { get; }

        public bool IsOpen { get; private set; } = true;

        public ValueTask DisposeAsync()
        {
            all.Open--;
            IsOpen = false;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class SessionHealthCheck(Session session) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        ) =>
            Task.FromResult(
                new HealthCheckResult(
                    context.Registration.FailureStatus,
                    $"session {session.Number} is {(session.IsOpen ? "open" : "closed")}"
                )
            );
    }
}
