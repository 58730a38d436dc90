using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Failover;

/// <summary>A connection as its budget sees it: whose it is, and whether anybody waits for us.</summary>
internal sealed class TrackedConnection : IDuplexPipe
{
    /// <summary>The <see cref="Place"/> of a connection that is not in the budget, or no longer.</summary>
    public const int NotInBudget = -1;

    private readonly ConnectionContext connection;
    private readonly TimeProvider time;
    private readonly TrackedInput input;
    private readonly TrackedOutput output;
    private long lastProgress;
    private volatile bool hasSpoken;
    private volatile bool isAnswered = true;

    public TrackedConnection(ConnectionContext connection, ClientNetwork? source, TimeProvider time)
    {
        this.connection = connection;
        this.time = time;
        Source = source;
        Accepted = lastProgress = time.GetTimestamp();
        input = new(connection.Transport.Input, Received);
        output = new(connection.Transport.Output, Taken);
        connection.Transport = this;
    }

    /// <summary>Null: of no source that has a share.</summary>
    public ClientNetwork? Source { get; }

    /// <summary>When it came, as a timestamp of the clock.</summary>
    public long Accepted { get; }

    /// <summary>Where it stands among those of its source. The budget's, under its lock.</summary>
    public int Place { get; set; } = NotInBudget;

    /// <summary>When the client last took an answer; before the first, when it came.</summary>
    public long LastProgress => Volatile.Read(ref lastProgress);

    /// <summary>Whether it is the client's turn: to send a request, or to read an answer.</summary>
    public bool IsIdle => isAnswered || input.IsWaiting || output.IsWaiting;

    /// <summary>Whether it is open and the client has not sent a byte. Under the budget's lock.</summary>
    public bool IsSilent => !hasSpoken && Place >= 0;

    PipeReader IDuplexPipe.Input => input;

    PipeWriter IDuplexPipe.Output => output;

    public void Abort(string reason) => connection.Abort(new ConnectionAbortedException(reason));

    private void Received()
    {
        hasSpoken = true;
        isAnswered = false;
    }

    private void Taken()
    {
        Volatile.Write(ref lastProgress, time.GetTimestamp());
        isAnswered = true;
    }
}
