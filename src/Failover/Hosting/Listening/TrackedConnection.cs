namespace Failover;

/// <summary>The place of a connection in its budget: whose it is, and whether anybody waits for us.</summary>
/// <param name="source">Null: of no source that has a share.</param>
/// <param name="accepted">When it came, as a timestamp of the clock.</param>
/// <param name="client">Its client; another object may take its place as the connection goes from one hand to another.</param>
internal sealed class TrackedConnection(ClientNetwork? source, long accepted, ITrackedClient client)
{
    /// <summary>The <see cref="Place"/> of a connection that is not in the budget, or no longer.</summary>
    public const int NotInBudget = -1;

    private ITrackedClient client = client;
    private string? aborted;

    public ITrackedClient Client => Volatile.Read(ref client);

    /// <summary>Another object has the connection from now on.</summary>
    public void Use(ITrackedClient next)
    {
        // A full fence, here and below: who aborts sees the new client, or is seen by it.
        Interlocked.Exchange(ref client, next);
        if (Volatile.Read(ref aborted) is { } reason)
        {
            next.Abort(reason);
        }
    }

    /// <summary>Closes it. From any thread, and without waiting.</summary>
    public void Abort(string reason)
    {
        Interlocked.Exchange(ref aborted, reason);
        Client.Abort(reason);
    }

    public ClientNetwork? Source => source;

    public long Accepted => accepted;

    /// <summary>Where it stands among those of its source. The budget's, under its lock.</summary>
    public int Place { get; set; } = NotInBudget;

    /// <summary>Whether it is open and the client has not sent a byte. Under the budget's lock.</summary>
    public bool IsSilent => Place >= 0 && !Client.HasSpoken;
}
