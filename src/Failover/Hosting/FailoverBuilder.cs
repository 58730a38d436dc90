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

    /// <summary>Keeps latches, judged states and armed oneshots beyond the life of the process. Left out, nowhere.</summary>
    /// <param name="state">Where, as <c>new SqliteStateStore("state.db")</c> of the package Failover.Sqlite. It belongs to the application
    /// from then on: it is loaded when the application starts, and closed when it stops.</param>
    /// <exception cref="InvalidOperationException">There is a store already.</exception>
    public FailoverBuilder KeepStateIn(IStateStore state)
    {
        ArgumentNullException.ThrowIfNull(state);
        service.KeepStateIn(state);
        return this;
    }
}
