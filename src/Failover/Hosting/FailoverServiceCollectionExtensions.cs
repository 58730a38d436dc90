using Failover;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Components inside an ASP.NET Core application.</summary>
public static class FailoverServiceCollectionExtensions
{
    /// <summary>Adds components, to be served where <c>app.MapFailover("/health")</c> says. Called again, it adds to them. Their
    /// background loops run as long as the application does.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Adds the components. It is called at once.</param>
    /// <exception cref="ArgumentException">A component is described wrongly; see <see cref="FailoverBuilder.AddComponent"/>.</exception>
    public static IServiceCollection AddFailover(this IServiceCollection services, Action<FailoverBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        configure(FailoverRegistration.In(services).Builder);
        return services;
    }

    /// <summary>Adds components whose description takes services of the application: its configuration, a connection string, checks
    /// with scoped services (<see cref="DelegateCheck.Scoped{TCheck}"/>).</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Adds the components. It is called once for each service provider, when <c>MapFailover</c> is called or
    /// else when the application starts, with the root provider: scoped services belong into the checks, which get a scope for each
    /// probe.</param>
    /// <remarks>What <paramref name="configure"/> throws, <see cref="ArgumentException"/> for a component that is described wrongly
    /// included, keeps the application from starting.</remarks>
    public static IServiceCollection AddFailover(
        this IServiceCollection services,
        Action<IServiceProvider, FailoverBuilder> configure
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        FailoverRegistration.In(services).Defer(configure);
        return services;
    }
}
