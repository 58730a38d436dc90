using System.Net;

namespace Failover;

/// <summary>A reload never serves an address with the access of another configuration than its own.</summary>
public sealed class DaemonListenersTests : IAsyncDisposable
{
    private readonly CommandUnderTest command = new();
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly HealthService service = new(TimeProvider.System);
    private readonly SystemdNotifier notifier = new(_ => null, TimeProvider.System);
    private readonly EventLog log = new(TextWriter.Null, TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await service.DisposeAsync();
        notifier.Dispose();
        await log.DisposeAsync();
        command.Dispose();
    }

    [Fact]
    public async Task An_address_that_is_opened_answers_once_its_configuration_is_in_force()
    {
        // {SHA} of "secret".
        command.Write("alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n", "users");
        FailoverConfiguration open = Read("http://127.0.0.1:0", "{}");
        FailoverConfiguration closed = Read("http://[::1]:0", $"{{view: {command["users"]}}}");
        DaemonStatus status = new(service, new MemoryStateStore(), rollUps: null, open, new(open.Secrets));
        await using DaemonListeners listeners = new(service, status, Context(open));
        service.Start(_ => { }, _ => { });

        DaemonListeners.Change first = await listeners.PrepareAsync(open);
        await first.CarryOutAsync(Cancel);
        Uri before = listeners.Management.Single().Url();
        (await AskAsync(before)).ShouldBe(HttpStatusCode.OK);

        DaemonListeners.Change change = await listeners.PrepareAsync(closed);
        Uri after = change.Management.Single().Url();
        (await AskAsync(after)).ShouldBe(HttpStatusCode.ServiceUnavailable, "not with the access of before");
        (await AskAsync(before)).ShouldBe(HttpStatusCode.OK);

        service.Access = closed.Access;
        await change.CarryOutAsync(Cancel);
        (await AskAsync(after)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_address_that_is_kept_has_the_new_access_at_once()
    {
        FailoverConfiguration open = Read("http://127.0.0.1:0", "{}");
        FailoverConfiguration closed = Read("http://127.0.0.1:0", "{view: /users}");
        DaemonStatus status = new(service, new MemoryStateStore(), rollUps: null, open, new(open.Secrets));
        await using DaemonListeners listeners = new(service, status, Context(open));
        service.Start(_ => { }, _ => { });
        await (await listeners.PrepareAsync(open)).CarryOutAsync(Cancel);
        Uri address = listeners.Management.Single().Url();

        DaemonListeners.Change rejected = await listeners.PrepareAsync(closed);
        await rejected.RollBackAsync();
        (await AskAsync(address)).ShouldBe(HttpStatusCode.OK);

        await (await listeners.PrepareAsync(closed)).CarryOutAsync(Cancel);
        (await AskAsync(address)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private FailoverConfiguration Read(string management, string access) =>
        ConfigurationFile
            .Read(
                command
                    .Write(
                        $"listen: 127.0.0.1:0\nmanagement: \"{management}\"\naccess: {access}\nstate: memory\ncomponents: {{}}"
                    )
                    .File,
                _ => null
            )
            .Configuration!;

    private DaemonContext Context(FailoverConfiguration configuration) =>
        new()
        {
            Time = TimeProvider.System,
            Log = log,
            Secrets = new(configuration.Secrets),
            Notifier = notifier,
            Signals = new(),
            OpenStore = _ => new MemoryStateStore(),
            OpenRollUps = _ => null,
            ReadConfiguration = _ => throw new NotSupportedException(),
        };

    private async Task<HttpStatusCode> AskAsync(Uri address)
    {
        using HttpResponseMessage answer = await client.GetAsync(new Uri(address, "/-/api/v1/status"), Cancel);
        return answer.StatusCode;
    }
}

internal static class ListenAddressUrl
{
    public static Uri Url(this ListenAddress address) => new(address.ToString());
}
