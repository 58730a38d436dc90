using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Failover;

/// <summary>How many connections may be open at once, and who gives way. Listeners that share a budget share its places:
/// descriptors are the process's, not a port's.</summary>
/// <remarks>
/// Up to three quarters of the budget a source may hold any number, since pollers behind one NAT are one source. Above, a newcomer
/// takes the place of the longest-idle connection of the source that holds most. A connection is idle while its client is to send
/// or to read something; one whose request waits for an answer gives way only where the budget is used up and its source holds
/// more than the newcomer's.
/// Choosing takes one pass over the connections, some 0.1 ms for 16,384, and only for those who come while the budget is short.
/// </remarks>
/// <param name="most">The budget.</param>
/// <param name="name">Whose it is, in the log and in metrics.</param>
/// <param name="time">The clock; left out, the system's.</param>
internal sealed class ConnectionBudget(long most, string name = "pollers", TimeProvider? time = null)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ClientNetwork, List<TrackedConnection>> sources = [];
    private readonly List<TrackedConnection> exempt = [];
    private readonly Queue<TrackedConnection> silent = [];
    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly ConnectionLog log = new(name, time ?? TimeProvider.System);
    private long most = most;
    private int open;
    private bool isSweeping;

    /// <summary>The most connections. Lowered, it closes none; newcomers take the places of others until it holds.</summary>
    public long Most
    {
        get => Volatile.Read(ref most);
        set => Volatile.Write(ref most, value);
    }

    /// <summary>How many are open now.</summary>
    public int Open => Volatile.Read(ref open);

    /// <summary>Whose it is.</summary>
    public string Name => name;

    /// <summary>How many connections it has closed for a cause.</summary>
    public long Closed(ConnectionEnd cause) => log.Of(cause);

    /// <summary>How long a client may take for its first byte.</summary>
    public TimeSpan FirstByteTimeout { get; set; } = ConnectionLimits.DefaultFirstByteTimeout;

    /// <summary>Which addresses are no source of their own, as proxies that are trusted: they have no share that they could exceed.
    /// Clients of a Unix socket, which have no address, never are one.</summary>
    public Func<IPAddress, bool> IsExempt { get; set; } = _ => false;

    /// <summary>Called when clients are turned away or give way, at most once a minute.</summary>
    public Action<string> Warn
    {
        set => log.Warn = value;
    }

    /// <summary>Its clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Serves a connection while there is a place for it. One that has its place already, as <see cref="TrackedConnection"/> among
    /// its features, keeps it until it has been served.</summary>
    public ConnectionDelegate Limit(ConnectionDelegate next) =>
        async connection =>
        {
            TrackedConnection? place = connection.Features.Get<TrackedConnection>();
            if (place is null)
            {
                TrackedPipes client = new(connection, time);
                place = TryEnter((connection.RemoteEndPoint as IPEndPoint)?.Address, client);
            }

            if (place is null)
            {
                await connection.DisposeAsync();
                return;
            }

            try
            {
                await next(connection);
            }
            finally
            {
                Leave(place);
            }
        };

    /// <summary>Takes a place for a connection.</summary>
    /// <param name="address">Whose it is; null where it has no address.</param>
    /// <param name="client">Its client.</param>
    /// <returns>The place, to be left; null where there is none.</returns>
    public TrackedConnection? TryEnter(IPAddress? address, ITrackedClient client)
    {
        TrackedConnection newcomer = new(
            address is null || IsExempt(address) ? null : ClientNetwork.Of(address),
            time.GetTimestamp(),
            client
        );
        if (!TryAdmit(newcomer))
        {
            return null;
        }

        ConnectionCounters.Open(name, +1);
        return newcomer;
    }

    /// <summary>Gives a place back, once.</summary>
    public void Leave(TrackedConnection connection)
    {
        lock (gate)
        {
            Remove(connection);
        }

        ConnectionCounters.Open(name, -1);
    }

    private bool TryAdmit(TrackedConnection newcomer)
    {
        TrackedConnection? leaving;
        bool isAdmitted;
        int openNow;
        (ClientNetwork? Source, int Count) largest = default;
        lock (gate)
        {
            leaving = IsShortFor(newcomer) ? Choose(newcomer, out largest) : null;
            if (leaving is not null)
            {
                Remove(leaving);
            }

            isAdmitted = open < Most;
            if (isAdmitted)
            {
                Add(newcomer);
            }

            openNow = open;
        }

        if (leaving is not null)
        {
            leaving.Abort("another connection needed its place");
            log.Count(ConnectionEnd.Replaced, openNow, Most, largest);
        }

        if (!isAdmitted)
        {
            log.Count(ConnectionEnd.Refused, openNow, Most, largest);
        }

        return isAdmitted;
    }

    private bool IsShortFor(TrackedConnection newcomer)
    {
        // What the exempt hold is not there for the others to have a share of.
        long room = Most - exempt.Count;
        return open >= Most || (newcomer.Source is not null && open - exempt.Count >= room - (room / 4));
    }

    private TrackedConnection? Choose(TrackedConnection newcomer, out (ClientNetwork?, int) largest)
    {
        int count = 0;
        TrackedConnection? idle = null;
        TrackedConnection? busy = null;
        foreach (List<TrackedConnection> held in sources.Values.Where(held => held.Count >= count))
        {
            if (held.Count > count)
            {
                (count, idle, busy) = (held.Count, null, null);
            }

            foreach (TrackedConnection connection in held)
            {
                TakeIfOlder(ref connection.Client.IsIdle ? ref idle : ref busy, connection);
            }
        }

        largest = ((idle ?? busy)?.Source, count);
        if (idle is not null || open < Most)
        {
            return idle;
        }

        int own =
            newcomer.Source is { } source && sources.TryGetValue(source, out List<TrackedConnection>? others)
                ? others.Count
                : 0;
        if (count > own)
        {
            return busy;
        }

        foreach (TrackedConnection connection in count == 0 ? exempt.Where(connection => connection.Client.IsIdle) : [])
        {
            TakeIfOlder(ref idle, connection);
        }

        return idle;
    }

    private static void TakeIfOlder(ref TrackedConnection? oldest, TrackedConnection connection)
    {
        if (oldest is null || connection.Client.LastProgress < oldest.Client.LastProgress)
        {
            oldest = connection;
        }
    }

    private void Add(TrackedConnection connection)
    {
        List<TrackedConnection>? held = exempt;
        if (connection.Source is { } source && !sources.TryGetValue(source, out held))
        {
            held = [];
            sources.Add(source, held);
        }

        connection.Place = held!.Count;
        held.Add(connection);
        open++;
        while (silent.TryPeek(out TrackedConnection? first) && !first.IsSilent)
        {
            silent.Dequeue();
        }

        silent.Enqueue(connection);
        if (!isSweeping)
        {
            isSweeping = true;
            _ = CloseSilentAsync();
        }
    }

    private void Remove(TrackedConnection connection)
    {
        if (connection.Place < 0)
        {
            return;
        }

        List<TrackedConnection> held = connection.Source is { } source ? sources[source] : exempt;
        held[^1].Place = connection.Place;
        held[connection.Place] = held[^1];
        held.RemoveAt(held.Count - 1);
        if (held.Count == 0 && connection.Source is { } last)
        {
            sources.Remove(last);
        }

        connection.Place = TrackedConnection.NotInBudget;
        open--;
    }

    // They are in the order in which their time ends.
    private async Task CloseSilentAsync()
    {
        while (true)
        {
            TimeSpan left;
            TrackedConnection? late = null;
            lock (gate)
            {
                while (silent.TryPeek(out TrackedConnection? first) && !first.IsSilent)
                {
                    silent.Dequeue();
                }

                if (!silent.TryPeek(out late))
                {
                    isSweeping = false;
                    return;
                }

                left = FirstByteTimeout - time.GetElapsedTime(late.Accepted);
                if (left <= TimeSpan.Zero)
                {
                    silent.Dequeue();
                    Remove(late);
                }
            }

            if (left > TimeSpan.Zero)
            {
                // Rounded up to the timer's grain.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time);
            }
            else
            {
                late.Abort("its first byte did not come in time");
                log.Count(ConnectionEnd.Silent, Open, Most, default);
            }
        }
    }
}
