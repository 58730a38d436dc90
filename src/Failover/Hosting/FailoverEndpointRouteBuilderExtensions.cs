using Failover;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Components on the web server of an ASP.NET Core application.</summary>
public static class FailoverEndpointRouteBuilderExtensions
{
    /// <summary>Serves the components of <c>services.AddFailover(…)</c> below a path: the component <c>mail</c> at <c>/health/mail</c> for
    /// <c>MapFailover("/health")</c>.</summary>
    /// <param name="endpoints">The routes of the application.</param>
    /// <param name="prefix">Begins with a slash and does not end with one; empty for the root.</param>
    /// <exception cref="ArgumentException">A prefix of another form, or a component that is described wrongly by an
    /// <c>AddFailover((provider, failover) => …)</c>, which is called here.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFailover</c> was not called.</exception>
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

        FailoverApplication application =
            endpoints.ServiceProvider.GetService<FailoverApplication>()
            ?? throw new InvalidOperationException("there is nothing to map: call services.AddFailover(…) first");
        HealthEndpoint endpoint = new(application.Service);
        return endpoints.Map(prefix + "/{**component}", http => endpoint.HandleAsync(http, prefix));
    }
}
