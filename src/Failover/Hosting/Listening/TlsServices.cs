using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Failover;

/// <summary>The container that the web server's TLS asks for its meters and loggers. Some of them are internal to the web server, so
/// that it is let to register them itself.</summary>
internal sealed class TlsServices : IWebHostBuilder
{
    private readonly ServiceCollection services = new();

    private TlsServices() { }

    /// <summary>Made when the first listener speaks TLS.</summary>
    public static IServiceProvider Provider { get; } = Create();

    public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
    {
        configureServices(services);
        return this;
    }

    public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices) =>
        ConfigureServices(added => configureServices(new WebHostBuilderContext(), added));

    public IWebHostBuilder ConfigureAppConfiguration(
        Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate
    ) => this;

    public string? GetSetting(string key) => null;

    public IWebHostBuilder UseSetting(string key, string? value) => this;

    // Obsolete, but a part of the interface.
#pragma warning disable ASPDEPR008
    public IWebHost Build() => throw new NotSupportedException("there is no host, only its services");
#pragma warning restore ASPDEPR008

    private static ServiceProvider Create()
    {
        TlsServices host = new();
        host.services.AddMetrics();
        host.services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        host.UseKestrelCore();
        return host.services.BuildServiceProvider();
    }
}
