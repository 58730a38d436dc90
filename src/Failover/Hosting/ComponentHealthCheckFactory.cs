using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Failover;

/// <summary>Registers a component as one of ASP.NET Core's health checks.</summary>
internal sealed class ComponentHealthCheckFactory(string component) : IComponentFactory
{
    /// <summary>The registration, whose factory is a method of this.</summary>
    public HealthCheckRegistration Register(HealthStatus? failureStatus, IEnumerable<string>? tags) =>
        new(component, Make, failureStatus, tags);

    private ComponentHealthCheck Make(IServiceProvider provider) =>
        new(provider.GetRequiredService<FailoverApplication>().Service, component);
}
