using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>What an application has said about its components before its services are built.</summary>
internal sealed class FailoverRegistration
{
    private readonly List<Action<IServiceProvider, FailoverBuilder>> deferred = [];

    private FailoverRegistration() { }

    /// <summary>Takes the components that need no services.</summary>
    public FailoverBuilder Builder { get; } = new();

    /// <summary>The registration of an application; registers the engine with the first one that is asked for.</summary>
    public static FailoverRegistration In(IServiceCollection services)
    {
        FailoverRegistration? registration = services
            .Select(service => service.ImplementationInstance)
            .OfType<FailoverRegistration>()
            .FirstOrDefault();
        if (registration is null)
        {
            registration = new FailoverRegistration();
            services.AddSingleton(registration);
            services.AddSingleton(registration.Build);
            services.AddHostedService(provider => new FailoverHostedService(
                provider.GetRequiredService<FailoverApplication>().Service,
                provider.GetRequiredService<ILoggerFactory>()
            ));
        }

        return registration;
    }

    /// <summary>Takes components that need services.</summary>
    public void Defer(Action<IServiceProvider, FailoverBuilder> configure) => deferred.Add(configure);

    // Each provider has an engine of its own, and its checks take scopes of that provider.
    private FailoverApplication Build(IServiceProvider provider)
    {
        FailoverBuilder complete = Builder.Copy();
        foreach (Action<IServiceProvider, FailoverBuilder> configure in deferred)
        {
            configure(provider, complete);
        }

        return new FailoverApplication(complete.Build());
    }
}
