using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>The addresses that requests come in at, which a reload may change: what is added listens before what is removed
/// stops, and what is neither is not touched.</summary>
/// <param name="handler">Answers a request.</param>
/// <param name="quota">How many connections all of them may hold open together.</param>
internal sealed class ListenerSet(Func<Listener, HttpContext, Task> handler, ConnectionQuota quota) : IAsyncDisposable
{
    private readonly Dictionary<ListenAddress, Listener> listening = [];

    /// <summary>Where they listen, with the ports that were taken.</summary>
    public IEnumerable<ListenAddress> Addresses => listening.Values.Select(listener => listener.Address);

    /// <summary>Begins to listen at the addresses that are not listened at yet; the others go on.</summary>
    /// <returns>What has to be done to have only these: nothing can fail any more.</returns>
    /// <exception cref="FailoverStartException">One of them cannot be listened at; then none of the new ones is.</exception>
    public async Task<Change> PrepareAsync(IReadOnlyCollection<ListenAddress> wanted, TlsCertificate? certificate)
    {
        List<(ListenAddress Asked, Listener Listener)> added = [];
        try
        {
            foreach (ListenAddress address in wanted.Where(address => !listening.ContainsKey(address)))
            {
                Listener listener = NewListener(address, certificate);
                added.Add((address, listener));
                await listener.StartAsync();
            }
        }
        catch
        {
            foreach ((_, Listener listener) in added)
            {
                await listener.DisposeAsync();
            }

            throw;
        }

        return new(this, added, [.. listening.Keys.Except(wanted)]);
    }

    /// <summary>Shows another certificate to those who connect from now on.</summary>
    public void Use(TlsCertificate certificate)
    {
        foreach (Listener listener in listening.Values.Where(listener => listener.Address.IsTls))
        {
            listener.Use(certificate);
        }
    }

    /// <summary>Stops listening everywhere and answers what is under way.</summary>
    /// <param name="cutOff">Cuts off the requests that are still under way.</param>
    public Task StopAsync(CancellationToken cutOff) =>
        Task.WhenAll(listening.Values.Select(listener => listener.StopAsync(cutOff)));

    public async ValueTask DisposeAsync()
    {
        foreach (Listener listener in listening.Values)
        {
            await listener.DisposeAsync();
        }

        listening.Clear();
    }

    private Listener NewListener(ListenAddress address, TlsCertificate? certificate)
    {
        Listener? listener = null;
        listener = new(address, http => handler(listener!, http), quota, address.IsTls ? certificate : null);
        return listener;
    }

    /// <summary>A change that is prepared: the new addresses are listened at already.</summary>
    internal sealed class Change(
        ListenerSet set,
        IReadOnlyList<(ListenAddress Asked, Listener Listener)> added,
        IReadOnlyList<ListenAddress> removed
    )
    {
        public IReadOnlyList<ListenAddress> Removed => removed;

        public IEnumerable<ListenAddress> Added => added.Select(one => one.Listener.Address);

        /// <summary>Has it so: those that are no longer wanted stop, and their requests are answered.</summary>
        /// <param name="cutOff">Cuts off the requests that are still under way there.</param>
        public async Task CarryOutAsync(CancellationToken cutOff)
        {
            List<Listener> stopping = [];
            foreach (ListenAddress address in removed)
            {
                set.listening.Remove(address, out Listener? listener);
                stopping.Add(listener!);
            }

            foreach ((ListenAddress asked, Listener listener) in added)
            {
                set.listening.Add(asked, listener);
            }

            foreach (Listener listener in stopping)
            {
                await listener.StopAsync(cutOff);
                await listener.DisposeAsync();
            }
        }

        /// <summary>Has it as before.</summary>
        public async Task GiveUpAsync()
        {
            foreach ((_, Listener listener) in added)
            {
                await listener.DisposeAsync();
            }
        }
    }
}
