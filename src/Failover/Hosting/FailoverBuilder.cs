namespace Failover;

/// <summary>Takes the components of an ASP.NET Core application.</summary>
public sealed class FailoverBuilder
{
    private readonly HealthService service;

    internal FailoverBuilder(HealthService service) => this.service = service;

    /// <inheritdoc cref="HealthCheckServer.AddComponent"/>
    public FailoverBuilder AddComponent(
        string name,
        HealthTask task,
        PostAction? onPost = null,
        TimeSpan? responseDeadline = null
    )
    {
        service.Add(new(name, task, onPost, responseDeadline));
        return this;
    }
}
