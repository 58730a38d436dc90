using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Failover;

/// <summary>The client of a connection that the web server reads and writes: what passes through tells what it does.</summary>
internal sealed class TrackedPipes : IDuplexPipe, ITrackedClient
{
    private readonly ConnectionContext connection;
    private readonly TimeProvider time;
    private readonly TrackedInput input;
    private readonly TrackedOutput output;
    private long lastProgress;
    private volatile bool hasSpoken;
    private volatile bool isAnswered;

    /// <summary>Puts itself between the connection and the web server.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="time">The clock of its budget.</param>
    /// <param name="begun">What was read of it before the web server has it; left out, nothing.</param>
    public TrackedPipes(ConnectionContext connection, TimeProvider time, ReadOnlyMemory<byte> begun = default)
    {
        this.connection = connection;
        this.time = time;
        lastProgress = time.GetTimestamp();
        hasSpoken = !begun.IsEmpty;
        isAnswered = begun.IsEmpty;
        PipeReader received = connection.Transport.Input;
        input = new(begun.IsEmpty ? received : new BegunInput(begun, received), Received);
        output = new(connection.Transport.Output, Taken);
        connection.Transport = this;
    }

    public bool HasSpoken => hasSpoken;

    public long LastProgress => Volatile.Read(ref lastProgress);

    public bool IsIdle => isAnswered || input.IsWaiting || output.IsWaiting;

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
