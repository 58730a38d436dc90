using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Failover;

/// <content>Checks with services of an application. Each probe has a scope of its own, which is disposed of when the probe has
/// ended.</content>
public sealed partial record DelegateCheck
{
    /// <summary>Calls an asynchronous function with the services of a new scope, as one that takes a <c>DbContext</c>.</summary>
    /// <param name="provider">The services of the application, as <c>AddFailover((provider, failover) => …)</c> gives them.</param>
    /// <param name="check">What is called with the services of the scope: true is ok, false is fail.</param>
    /// <param name="timeout">When the call is asked to stop, from 1 ms to 30 days; left out, after 10 s.</param>
    /// <param name="name">What logs call it; left out, <c>delegate</c>.</param>
    /// <exception cref="ArgumentException">No provider, no delegate, or a timeout out of range.</exception>
    public static DelegateCheck Scoped(
        IServiceProvider provider,
        Func<IServiceProvider, CancellationToken, Task<bool>> check,
        TimeSpan? timeout = null,
        string? name = null
    )
    {
        CheckOption.Check(check);
        return Scoped(provider, async (services, stop) => FromBool(await check(services, stop)), timeout, name);
    }

    /// <summary>Calls an asynchronous function with the services of a new scope, and takes what it saw.</summary>
    /// <inheritdoc cref="Scoped(IServiceProvider, Func{IServiceProvider, CancellationToken, Task{bool}}, TimeSpan?, string?)"/>
    public static DelegateCheck Scoped(
        IServiceProvider provider,
        Func<IServiceProvider, CancellationToken, Task<Observation>> check,
        TimeSpan? timeout = null,
        string? name = null
    )
    {
        ArgumentNullException.ThrowIfNull(provider);
        CheckOption.Check(check);
        IServiceScopeFactory scopes = provider.GetRequiredService<IServiceScopeFactory>();
        return new(
            async stop =>
            {
                await using AsyncServiceScope scope = scopes.CreateAsyncScope();
                return await check(scope.ServiceProvider, stop);
            },
            timeout,
            name
        );
    }

    /// <summary>Calls a health check of ASP.NET Core's that takes scoped services: the registered <typeparamref name="TCheck"/>, or a new
    /// one whose constructor takes services of the scope. Healthy is ok, degraded is ok with a warning, unhealthy is fail.</summary>
    /// <typeparam name="TCheck">The type of the health check.</typeparam>
    /// <param name="provider">The services of the application, as <c>AddFailover((provider, failover) => …)</c> gives them.</param>
    /// <param name="timeout">When the call is asked to stop, from 1 ms to 30 days; left out, after 10 s.</param>
    /// <param name="name">What logs call it; left out, the name of the type.</param>
    /// <exception cref="ArgumentException">No provider, or a timeout out of range.</exception>
    public static DelegateCheck Scoped<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TCheck
    >(IServiceProvider provider, TimeSpan? timeout = null, string? name = null)
        where TCheck : class, IHealthCheck
    {
        string ownName = name ?? typeof(TCheck).Name;
        return Scoped(
            provider,
            (services, stop) => Adapt(ActivatorUtilities.GetServiceOrCreateInstance<TCheck>(services), ownName)(stop),
            timeout,
            ownName
        );
    }

    /// <summary>Calls a health check that is registered by <c>services.AddHealthChecks()</c>, in a scope of its own: healthy is ok,
    /// degraded is ok with a warning, unhealthy is fail, and what throws is an error, whatever its failure status.</summary>
    /// <param name="provider">The services of the application, as <c>AddFailover((provider, failover) => …)</c> gives them.</param>
    /// <param name="name">The name that it is registered under; case does not count.</param>
    /// <param name="timeout">When the call is asked to stop, from 1 ms to 30 days; left out, the timeout of the registration, or else after
    /// 10 s.</param>
    /// <exception cref="ArgumentException">No provider, no health check of that name, one that is a component itself, or a timeout out of
    /// range.</exception>
    public static DelegateCheck Registered(IServiceProvider provider, string name, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(name);
        ICollection<HealthCheckRegistration> all = Registrations(provider);
        string[] names = [.. all.Where(one => !IsComponent(one)).Select(one => one.Name)];
        string accepted = names.Length > 0 ? string.Join(", ", names) : "a name of services.AddHealthChecks()";
        HealthCheckRegistration registration =
            all.FirstOrDefault(one => string.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(
                $"name is {Printable.Quoted(name)}, which no health check is registered under; accepted: {accepted}",
                nameof(name)
            );
        if (IsComponent(registration))
        {
            throw new ArgumentException(
                $"name is {Printable.Quoted(name)}, which is a component itself and could wait for itself; accepted: {accepted}",
                nameof(name)
            );
        }

        return Of(registration, provider, timeout);
    }

    /// <summary>All health checks that are registered by <c>services.AddHealthChecks()</c> with a tag, side by side: each as
    /// <see cref="Registered"/> calls it. Components, which <c>AddFailover</c> registers there, are left out.</summary>
    /// <param name="provider">The services of the application, as <c>AddFailover((provider, failover) => …)</c> gives them.</param>
    /// <param name="tag">The tag; case does not count.</param>
    /// <param name="timeout">As for <see cref="Registered"/>.</param>
    /// <exception cref="ArgumentException">No provider, no health check with that tag, or a timeout out of range.</exception>
    public static All Tagged(IServiceProvider provider, string tag, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(tag);
        HealthCheckRegistration[] all = [.. Registrations(provider).Where(one => !IsComponent(one))];
        HealthCheckRegistration[] tagged =
        [
            .. all.Where(one => one.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase)),
        ];
        if (tagged.Length == 0)
        {
            string[] tags = [.. all.SelectMany(one => one.Tags).Distinct(StringComparer.OrdinalIgnoreCase)];
            string accepted =
                tags.Length > 0 ? string.Join(", ", tags) : "a tag of a check of services.AddHealthChecks()";
            throw new ArgumentException(
                $"tag is {Printable.Quoted(tag)}, which no health check has; accepted: {accepted}",
                nameof(tag)
            );
        }

        return new All(tagged.Select(HealthTask (one) => Of(one, provider, timeout)));
    }

    private static DelegateCheck Of(HealthCheckRegistration registration, IServiceProvider provider, TimeSpan? timeout)
    {
        // A registration without a timeout has the infinite one, which is negative.
        TimeSpan? own = registration.Timeout > TimeSpan.Zero ? registration.Timeout : null;
        return Scoped(
            provider,
            (services, stop) => Adapt(registration.Factory(services), registration)(stop),
            timeout ?? own,
            registration.Name
        );
    }

    private static ICollection<HealthCheckRegistration> Registrations(IServiceProvider provider) =>
        provider.GetService<IOptions<HealthCheckServiceOptions>>()?.Value.Registrations ?? [];

    private static bool IsComponent(HealthCheckRegistration registration) =>
        registration.Factory.Target is IComponentFactory;
}
