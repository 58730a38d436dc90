using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Failover;

public sealed class ListenerSetTests : IAsyncLifetime
{
    private static readonly ListenAddress Loopback = new("127.0.0.1", 0);
    private static readonly ListenAddress Localhost = new("localhost", 0);

    private readonly ListenerSet set = new(
        (listener, http) => http.Response.WriteAsync($"{listener.Address}"),
        new ConnectionBudgets(TimeProvider.System).For
    );

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => set.DisposeAsync();

    [Fact]
    public async Task What_is_added_listens_before_what_is_removed_stops()
    {
        await ChangeAsync(Loopback);
        ListenAddress before = set.Addresses.ShouldHaveSingleItem();

        ListenerSet.Change change = await set.PrepareAsync([Localhost], certificate: null);

        ListenAddress added = change.Added.ShouldHaveSingleItem();
        change.Removed.ShouldBe([before]);
        (await GetAsync(before)).ShouldBe($"{before}");
        (await GetAsync(added)).ShouldBe($"{added}");
        await change.CarryOutAsync(TestContext.Current.CancellationToken);
        set.Addresses.ShouldBe([added]);
        (await GetAsync(added)).ShouldBe($"{added}");
        await IsFreeAsync(before);
    }

    [Fact]
    public async Task What_stays_is_not_touched()
    {
        await ChangeAsync(Loopback, Localhost);
        ListenAddress[] before = [.. set.Addresses];

        ListenerSet.Change change = await set.PrepareAsync([Localhost, Loopback], certificate: null);

        change.Added.ShouldBeEmpty();
        change.Removed.ShouldBeEmpty();
        await change.CarryOutAsync(TestContext.Current.CancellationToken);
        set.Addresses.ShouldBe(before.Reverse());
    }

    [Fact]
    public async Task Any_free_port_twice_is_two_ports()
    {
        await ChangeAsync(Loopback, Loopback);
        ListenAddress[] two = [.. set.Addresses];
        two[0].Port.ShouldNotBe(two[1].Port);

        await ChangeAsync(Loopback);

        set.Addresses.ShouldBe([two[0]]);
        await IsFreeAsync(two[1]);
    }

    [Fact]
    public async Task Where_one_cannot_be_listened_at_all_is_as_before()
    {
        await ChangeAsync(Loopback);
        ListenAddress before = set.Addresses.ShouldHaveSingleItem();
        using Socket other = Taken(new IPEndPoint(IPAddress.Loopback, 0));
        ListenAddress taken = new("127.0.0.1", ((IPEndPoint)other.LocalEndPoint!).Port);

        FailoverStartException refusal = await Should.ThrowAsync<FailoverStartException>(() =>
            set.PrepareAsync([Localhost, taken], certificate: null)
        );

        refusal.Message.ShouldBe($"cannot listen on {taken}: the port is in use");
        set.Addresses.ShouldBe([before]);
        (await GetAsync(before)).ShouldBe($"{before}");
    }

    [Fact]
    public async Task A_rolled_back_change_closes_its_listeners()
    {
        await ChangeAsync(Loopback);
        ListenAddress before = set.Addresses.ShouldHaveSingleItem();
        ListenerSet.Change change = await set.PrepareAsync([Localhost], certificate: null);
        ListenAddress added = change.Added.ShouldHaveSingleItem();

        await change.RollBackAsync();

        await IsFreeAsync(added);
        set.Addresses.ShouldBe([before]);
        (await GetAsync(before)).ShouldBe($"{before}");
    }

    [Fact]
    public async Task A_port_that_is_listened_on_otherwise_is_refused_with_what_is_in_the_way()
    {
        await ChangeAsync(Loopback);
        ListenAddress before = set.Addresses.ShouldHaveSingleItem();
        ListenAddress wider = new(Host: null, before.Port);

        FailoverStartException refusal = await Should.ThrowAsync<FailoverStartException>(() =>
            set.PrepareAsync([wider], certificate: null)
        );

        refusal.Message.ShouldBe(
            $"cannot listen on {wider}: the port is in use, by {before}, which goes with a restart only"
        );
        (await GetAsync(before)).ShouldBe($"{before}");
    }

    private async Task ChangeAsync(params ListenAddress[] wanted)
    {
        ListenerSet.Change change = await set.PrepareAsync(wanted, certificate: null);
        await change.CarryOutAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> GetAsync(ListenAddress address)
    {
        using HttpClient client = new();
        return await client.GetStringAsync(new Uri($"{address}"), TestContext.Current.CancellationToken);
    }

    private static Socket Taken(IPEndPoint at)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(at);
        socket.Listen();
        return socket;
    }

    private static async Task IsFreeAsync(ListenAddress address)
    {
        HttpRequestException refused = await Should.ThrowAsync<HttpRequestException>(() => GetAsync(address));
        refused.HttpRequestError.ShouldBe(HttpRequestError.ConnectionError);
    }
}
