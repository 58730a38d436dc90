using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Failover;

/// <summary>Components inside an ASP.NET Core application.</summary>
public static class FailoverApplicationExtensions
{
    /// <summary>Adds components, to be served where <see cref="MapFailover"/> says. Called again, it adds to them. Their background loops
    /// run as long as the application does.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Adds the components.</param>
    /// <exception cref="ArgumentException">A component is described wrongly; see <see cref="FailoverBuilder.AddComponent"/>.</exception>
    public static IServiceCollection AddFailover(this IServiceCollection services, Action<FailoverBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (FindService(services) is not { } service)
        {
            service = new HealthService(BootTime.Instance);
            services.AddSingleton(service);
            services.AddHostedService<FailoverHostedService>();
        }

        configure(new FailoverBuilder(service));
        return services;
    }

    /// <summary>Serves the components of <see cref="AddFailover(IServiceCollection, Action{FailoverBuilder})"/> below a path: the component <c>mail</c> at <c>/health/mail</c> for
    /// <c>MapFailover("/health")</c>.</summary>
    /// <param name="endpoints">The routes of the application.</param>
    /// <param name="prefix">Begins with a slash and does not end with one; empty for the root.</param>
    /// <exception cref="ArgumentException">A prefix of another form.</exception>
    /// <exception cref="InvalidOperationException"><see cref="AddFailover(IServiceCollection, Action{FailoverBuilder})"/> was not called.</exception>
    public static IEndpointConventionBuilder MapFailover(this IEndpointRouteBuilder endpoints, string prefix)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        if (
            prefix.Length > 0
            && (!prefix.StartsWith('/') || prefix.EndsWith('/') || prefix.AsSpan().ContainsAny("{}%?#"))
        )
        {
            throw new ArgumentException(
                $"prefix is {Printable.Quoted(prefix)}; accepted: a plain path as /health, or nothing for the root",
                nameof(prefix)
            );
        }

        HealthService service =
            endpoints.ServiceProvider.GetService<HealthService>()
            ?? throw new InvalidOperationException("Failover is not registered: call services.AddFailover(…) first");
        HealthEndpoint endpoint = new(service);
        return endpoints.Map(prefix + "/{**component}", http => endpoint.HandleAsync(http, prefix));
    }

    /// <summary>Hands a component of <see cref="AddFailover(IServiceCollection, Action{FailoverBuilder})"/> to ASP.NET Core's own health
    /// checks: ok is healthy; fail and error are the failure status, unhealthy unless it is given.</summary>
    /// <param name="builder">The health checks of the application.</param>
    /// <param name="component">The component's name.</param>
    /// <param name="failureStatus">What a fail or an error is reported as.</param>
    /// <param name="tags">Tags to filter by.</param>
    public static IHealthChecksBuilder AddFailover(
        this IHealthChecksBuilder builder,
        string component,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ComponentName.Check(component);
        return builder.Add(
            new HealthCheckRegistration(
                component,
                provider => new ComponentHealthCheck(provider.GetRequiredService<HealthService>(), component),
                failureStatus,
                tags
            )
        );
    }

    private static HealthService? FindService(IServiceCollection services) =>
        services.Select(service => service.ImplementationInstance).OfType<HealthService>().FirstOrDefault();
}
