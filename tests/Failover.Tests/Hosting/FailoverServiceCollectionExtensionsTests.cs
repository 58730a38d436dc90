using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Failover;

/// <summary>Components that are described with the services of the application.</summary>
public sealed class FailoverServiceCollectionExtensionsTests
{
    private static ServiceCollection Services()
    {
        ServiceCollection services = new();
        services.AddLogging();
        return services;
    }

    private static IEnumerable<string> Names(IServiceProvider provider) =>
        provider.GetRequiredService<FailoverApplication>().Service.Components.Select(component => component.Name);

    [Fact]
    public async Task Components_take_services_and_stand_beside_those_that_take_none()
    {
        ServiceCollection services = Services();
        services.AddFailover(
            (provider, failover) =>
                failover.AddComponent(provider.GetRequiredService<Settings>().Name, new ScriptedCheck())
        );
        services.AddFailover(failover => failover.AddComponent("web", new ScriptedCheck()));
        services.AddSingleton(new Settings("mail"));
        await using ServiceProvider provider = services.BuildServiceProvider();

        Names(provider).ShouldBe(["web", "mail"]);
    }

    [Fact]
    public async Task Each_provider_has_components_of_its_own()
    {
        ServiceCollection services = Services();
        int calls = 0;
        services.AddFailover(
            (provider, failover) =>
            {
                calls++;
                failover.AddComponent("mail", new ScriptedCheck());
            }
        );
        await using ServiceProvider first = services.BuildServiceProvider();
        await using ServiceProvider second = services.BuildServiceProvider();

        Names(first).ShouldBe(["mail"]);
        Names(second).ShouldBe(["mail"]);

        calls.ShouldBe(2, "once for each, however often it is asked for");
        first
            .GetRequiredService<FailoverApplication>()
            .ShouldNotBeSameAs(second.GetRequiredService<FailoverApplication>());
    }

    [Fact]
    public void A_provider_can_be_disposed_of_synchronously()
    {
        ServiceCollection services = Services();
        services.AddFailover(failover => failover.AddComponent("mail", new ScriptedCheck()));
        ServiceProvider provider = services.BuildServiceProvider();
        provider.GetServices<IHostedService>().ShouldHaveSingleItem();

        provider.Dispose();
    }

    [Fact]
    public async Task What_is_described_wrongly_is_told_each_time_and_leaves_nothing_behind()
    {
        ServiceCollection services = Services();
        services.AddFailover((_, failover) => failover.AddComponent("mail", new ScriptedCheck()));
        services.AddFailover((_, failover) => failover.AddComponent("mail", new ScriptedCheck()));
        await using ServiceProvider provider = services.BuildServiceProvider();

        for (int i = 0; i < 2; i++)
        {
            ArgumentException refusal = Should.Throw<ArgumentException>(() => Names(provider).ToList());

            refusal.ParamName.ShouldBe("name");
            refusal.Message.ShouldStartWith(
                "name is \"mail\", which another component has; accepted: a name of its own"
            );
        }
    }

    [Fact]
    public async Task A_reset_may_stand_in_a_component_that_was_added_before()
    {
        ServiceCollection services = Services();
        Toggle latch = new(new ScriptedCheck(), new Oneshot(auth: new HtpasswdFile("/nowhere/users")));
        services.AddFailover(failover => failover.AddComponent("mail", latch, latch.Reset));
        services.AddFailover((_, failover) => failover.AddComponent("web", new ScriptedCheck(), latch.Reset));
        await using ServiceProvider provider = services.BuildServiceProvider();

        Names(provider).ShouldBe(["mail", "web"]);
        Should
            .Throw<ArgumentException>(() =>
                Services().AddFailover(failover => failover.AddComponent("web", new ScriptedCheck(), latch.Reset))
            )
            .ParamName.ShouldBe("onPost");
    }

    private sealed record Settings(string Name);
}
