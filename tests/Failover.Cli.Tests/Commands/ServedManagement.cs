namespace Failover;

/// <summary>The management API of a server, on a free port.</summary>
internal sealed class ServedManagement : IAsyncDisposable
{
    private readonly Listener listener;

    private ServedManagement(Listener listener) => this.listener = listener;

    public string Url => listener.Address.ToString();

    /// <summary>Serves it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="command">Has the folder for a configuration, which the API names.</param>
    /// <param name="access">Who may; left out, everybody may view.</param>
    public static async Task<ServedManagement> StartAsync(
        HealthCheckServer server,
        CommandUnderTest command,
        ManagementAccess? access = null
    )
    {
        FailoverConfiguration configuration = ConfigurationFile
            .Read(command.Write("components: {a: {tcp: \"127.0.0.1:1\"}}", "other.yaml")["other.yaml"], _ => null)
            .Configuration!;
        DaemonStatus status = new(
            server.Service,
            new MemoryStateStore(),
            rollUps: null,
            configuration,
            new(configuration.Secrets)
        );
        ManagementApplication application = new(server.Service, status);
        ListenAddress address = new("127.0.0.1", 0);
        ManagementCall call = ManagementCall.At(address, access ?? ManagementAccess.Open);
        Listener served = new(
            address,
            http => application.HandleAsync(http, call),
            new ConnectionBudgets(TimeProvider.System).Management
        );
        await served.StartAsync();
        return new(served);
    }

    public ValueTask DisposeAsync() => listener.DisposeAsync();
}
