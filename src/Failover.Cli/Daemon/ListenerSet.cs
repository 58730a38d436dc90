using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Failover;

/// <summary>The addresses that requests come in at, which a reload may change: what is added listens before what is removed
/// stops, and what is neither is not touched.</summary>
/// <param name="handler">Answers a request.</param>
/// <param name="budget">How many connections those at an address may hold open, together with others of its kind.</param>
/// <param name="logging">Where the web server logs; left out, nowhere.</param>
/// <param name="inherited">What the service manager has opened; left out, nothing.</param>
/// <param name="polls">The components whose plainest polls are answered without the handler; left out, none.</param>
/// <param name="connections">Serves each connection instead of HTTP; left out, HTTP.</param>
internal sealed class ListenerSet(
    Func<Listener, HttpContext, Task> handler,
    Func<ListenAddress, ConnectionBudget> budget,
    ILoggerFactory? logging = null,
    InheritedSockets? inherited = null,
    HealthService? polls = null,
    ConnectionDelegate? connections = null
) : IAsyncDisposable
{
    // By what was asked for: an address that takes any free port may be in it several times.
    private List<Place> places = [];

    /// <summary>Where they listen, with the ports that were taken.</summary>
    public IEnumerable<ListenAddress> Addresses => places.Select(place => place.Listener.Address);

    /// <summary>Begins to listen at the addresses that are not listened at yet; the others continue.</summary>
    /// <returns>What has to be done to have only these: nothing can fail any more.</returns>
    /// <exception cref="FailoverStartException">One of them cannot be listened at; then none of the new ones is.</exception>
    public async Task<Change> PrepareAsync(IEnumerable<ListenAddress> wanted, TlsCertificate? certificate)
    {
        List<Place> removed = [.. places];
        List<Place> next = [];
        List<Place> added = [];
        foreach (ListenAddress address in wanted)
        {
            int known = removed.FindIndex(place => place.Requested == address);
            if (known >= 0)
            {
                next.Add(removed[known]);
                removed.RemoveAt(known);
            }
            else
            {
                added.Add(new(address, NewListener(address, certificate)));
                next.Add(added[^1]);
            }
        }

        Change change = new(this, next, added, removed);
        try
        {
            foreach (Place place in added)
            {
                await StartAsync(place, removed);
            }
        }
        catch
        {
            await change.RollBackAsync();
            throw;
        }

        return change;
    }

    /// <summary>Shows another certificate to those who connect from now on.</summary>
    public void Use(TlsCertificate certificate)
    {
        foreach (Place place in places.Where(place => place.Requested.IsTls))
        {
            place.Listener.Use(certificate);
        }
    }

    /// <summary>Stops listening everywhere and answers what is in flight.</summary>
    /// <param name="cutOff">Cuts off the requests that are still in flight.</param>
    public Task StopAsync(CancellationToken cutOff) =>
        Task.WhenAll(places.Select(place => place.Listener.StopAsync(cutOff)));

    public async ValueTask DisposeAsync()
    {
        foreach (Place place in places)
        {
            await place.Listener.DisposeAsync();
        }

        places = [];
    }

    // What listens on the port in another way is to be removed, but later: until then it is in the way.
    private static async Task StartAsync(Place place, IReadOnlyList<Place> removed)
    {
        try
        {
            await place.Listener.StartAsync();
        }
        catch (FailoverStartException exception)
            when (removed.FirstOrDefault(other => Conflicts(other.Listener.Address, place.Requested)) is { } other)
        {
            throw new FailoverStartException(
                $"{exception.Message}, by {other.Listener.Address}, which goes with a restart only",
                exception
            );
        }
    }

    private static bool Conflicts(ListenAddress there, ListenAddress wanted) =>
        there.SocketPath == wanted.SocketPath && (wanted.SocketPath is not null || there.Port == wanted.Port);

    private Listener NewListener(ListenAddress address, TlsCertificate? certificate)
    {
        Listener? listener = null;
        listener = new(
            address,
            http => handler(listener!, http),
            budget(address),
            address.IsTls ? certificate : null,
            polls,
            connections
        )
        {
            Logging = logging ?? NullLoggerFactory.Instance,
            Inherited = inherited ?? InheritedSockets.None,
        };
        return listener;
    }

    /// <summary>What was asked for, and what listens there.</summary>
    internal sealed record Place(ListenAddress Requested, Listener Listener);

    /// <summary>A change that is prepared: the new addresses are listened at already.</summary>
    internal sealed class Change(
        ListenerSet set,
        List<Place> next,
        IReadOnlyList<Place> added,
        IReadOnlyList<Place> removed
    )
    {
        /// <summary>All that listen once it is carried out.</summary>
        public IEnumerable<Listener> Listeners => next.Select(place => place.Listener);

        public IEnumerable<ListenAddress> Added => added.Select(place => place.Listener.Address);

        public IEnumerable<ListenAddress> Removed => removed.Select(place => place.Listener.Address);

        /// <summary>Has it so: those that are no longer wanted stop, and their requests are answered.</summary>
        /// <param name="cutOff">Cuts off the requests that are still in flight there.</param>
        public async Task CarryOutAsync(CancellationToken cutOff)
        {
            set.places = next;
            await Task.WhenAll(removed.Select(place => place.Listener.StopAsync(cutOff)));
            foreach (Place place in removed)
            {
                await place.Listener.DisposeAsync();
            }
        }

        /// <summary>Has it as before.</summary>
        public async Task RollBackAsync()
        {
            foreach (Place place in added)
            {
                await place.Listener.DisposeAsync();
            }
        }
    }
}
