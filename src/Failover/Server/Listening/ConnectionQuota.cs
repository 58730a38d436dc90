using Microsoft.AspNetCore.Connections;

namespace Failover;

/// <summary>How many connections may be open at once. Listeners that share one share the places: descriptors are the
/// process's, not a port's.</summary>
/// <param name="most">So many; one more is closed as soon as it is accepted.</param>
internal sealed class ConnectionQuota(long most)
{
    private const long MostServed = 16_384;
    private const long MostForManagement = 64;

    private long open;

    public long Most => most;

    /// <summary>How many are open now.</summary>
    public long Open => Interlocked.Read(ref open);

    /// <summary>For a process that serves components and nothing else.</summary>
    public static ConnectionQuota ForServer() => new(Descriptors.ConnectionsUpTo(MostServed));

    /// <summary>For a process that is managed as well. Management has places of its own, so that a flood of pollers does not lock its
    /// operator out; they come out of the same descriptors.</summary>
    public static (ConnectionQuota Served, ConnectionQuota Management) ForServerAndManagement()
    {
        long all = Descriptors.ConnectionsUpTo(MostServed);
        long management = Math.Min(MostForManagement, all / 4);
        return (new(all - management), new(management));
    }

    /// <summary>Serves a connection while there is a place for it.</summary>
    public ConnectionDelegate Limit(ConnectionDelegate next) =>
        async connection =>
        {
            try
            {
                if (Interlocked.Increment(ref open) <= most)
                {
                    await next(connection);
                }
                else
                {
                    await connection.DisposeAsync();
                }
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        };
}
