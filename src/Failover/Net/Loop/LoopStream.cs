using System.Runtime.Versioning;

namespace Failover;

/// <summary>A <see cref="LoopConnection"/> as a stream. Used on its loop only, but for being disposed of.</summary>
/// <param name="loop">The loop.</param>
/// <param name="path">Where to; without a source.</param>
[SupportedOSPlatform("linux")]
internal sealed class LoopStream(EventLoop loop, TcpPath path) : Stream
{
    private readonly LoopConnection connection = new(loop, path);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc cref="LoopConnection.ConnectAsync"/>
    public ValueTask<TcpAttempt> ConnectAsync(TimeSpan timeout) => connection.ConnectAsync(timeout);

    /// <inheritdoc cref="LoopConnection.Abort"/>
    public void Abort() => connection.Abort();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReceiveAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.SendAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    // A loop does not wait.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (loop.IsCurrent)
        {
            connection.Abort();
        }
        else
        {
            loop.Post(connection.Abort);
        }

        base.Dispose(disposing);
    }
}
