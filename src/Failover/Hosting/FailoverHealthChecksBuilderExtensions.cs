using Failover;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Components as ASP.NET Core's own health checks: hysteresis, background execution and latches behind an ordinary health
/// endpoint.</summary>
public static class FailoverHealthChecksBuilderExtensions
{
    /// <summary>Hands a component of <c>services.AddFailover(…)</c> to ASP.NET Core's own health checks: ok is healthy; fail and error are
    /// the failure status.</summary>
    /// <param name="builder">The health checks of the application.</param>
    /// <param name="component">The component's name. It may be added later; where there is none, the health check throws.</param>
    /// <param name="failureStatus">What a fail or an error is reported as; left out, unhealthy.</param>
    /// <param name="tags">Tags to filter by; left out, none.</param>
    /// <exception cref="ArgumentException">A name that no component can have.</exception>
    public static IHealthChecksBuilder AddFailover(
        this IHealthChecksBuilder builder,
        string component,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ComponentName.Check(component);
        return builder.Add(new ComponentHealthCheckFactory(component).Register(failureStatus, tags));
    }

    /// <summary>Adds a component and hands it to ASP.NET Core's own health checks: ok is healthy; fail and error are the failure status.
    /// It is one of the components that <c>app.MapFailover("/health")</c> serves, which a POST that resets a latch needs.</summary>
    /// <param name="builder">The health checks of the application.</param>
    /// <param name="name">The component's name, and that of the health check.</param>
    /// <param name="task">The task that it evaluates.</param>
    /// <param name="onPost">What a POST does, as <c>mailCheck.Reset</c>; left out, POST is not allowed.</param>
    /// <param name="failureStatus">What a fail or an error is reported as; left out, unhealthy.</param>
    /// <param name="tags">Tags to filter by; left out, none.</param>
    /// <exception cref="ArgumentException">A component that is described wrongly; see <see cref="FailoverBuilder.AddComponent"/>.</exception>
    public static IHealthChecksBuilder AddFailover(
        this IHealthChecksBuilder builder,
        string name,
        HealthTask task,
        PostAction? onPost = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddFailover(failover => failover.AddComponent(name, task, onPost));
        return builder.AddFailover(name, failureStatus, tags);
    }

    /// <summary>Adds a component whose description takes services of the application, and hands it to ASP.NET Core's own health
    /// checks. A component with a POST action is added by <c>services.AddFailover((provider, failover) => …)</c>.</summary>
    /// <param name="builder">The health checks of the application.</param>
    /// <param name="name">The component's name, and that of the health check.</param>
    /// <param name="task">Describes the task that it evaluates. It is called once for each service provider, when <c>MapFailover</c> is called or
    /// else when the application starts, with the root provider.</param>
    /// <param name="failureStatus">What a fail or an error is reported as; left out, unhealthy.</param>
    /// <param name="tags">Tags to filter by; left out, none.</param>
    /// <exception cref="ArgumentException">A name that no component can have.</exception>
    public static IHealthChecksBuilder AddFailover(
        this IHealthChecksBuilder builder,
        string name,
        Func<IServiceProvider, HealthTask> task,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(task);
        builder.AddFailover(name, failureStatus, tags);
        builder.Services.AddFailover((provider, failover) => failover.AddComponent(name, task(provider)));
        return builder;
    }
}
