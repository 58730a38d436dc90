using System.Threading.Channels;

namespace Failover;

/// <summary>Notifies watchers of losses of the state file.</summary>
internal sealed class StateNotices
{
    private readonly Lock gate = new();
    private readonly List<Channel<StoreNotice>> watchers = [];

    // Those of a loss that is not over, for who comes later.
    private readonly List<StoreNotice> standing = [];
    private bool isClosed;

    /// <summary>Gives the notices from now on, and that of a loss that is not over.</summary>
    public async IAsyncEnumerable<StoreNotice> WatchAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Channel<StoreNotice> channel = Channel.CreateUnbounded<StoreNotice>();
        lock (gate)
        {
            standing.ForEach(notice => channel.Writer.TryWrite(notice));
            watchers.Add(channel);
            if (isClosed)
            {
                channel.Writer.TryComplete();
            }
        }

        try
        {
            while (await CanReadAsync(channel.Reader, cancellationToken))
            {
                while (channel.Reader.TryRead(out StoreNotice? notice))
                {
                    yield return notice;
                }
            }
        }
        finally
        {
            lock (gate)
            {
                watchers.Remove(channel);
            }
        }
    }

    public void Publish(StoreNotice notice)
    {
        lock (gate)
        {
            if (notice is StoreNotice.Lost)
            {
                standing.Clear();
            }

            standing.Add(notice);
            watchers.ForEach(watcher => watcher.Writer.TryWrite(notice));
        }
    }

    /// <summary>A loss is over.</summary>
    public void Clear()
    {
        lock (gate)
        {
            standing.Clear();
        }
    }

    /// <summary>There are no more notices.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            watchers.ForEach(watcher => watcher.Writer.TryComplete());
        }
    }

    // Cancelled, it ends without an exception, as the interface says.
    private static async Task<bool> CanReadAsync(ChannelReader<StoreNotice> reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.WaitToReadAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
