using System.Text;

namespace Failover;

/// <summary>A pipe with a name (mkfifo(3)) that somebody has open and reads when he likes.</summary>
internal sealed class NamedPipe : IDisposable
{
    private static readonly TimeSpan Patience = Second(60);

    private readonly FileStream stream;
    private readonly StringBuilder text = new();

    public NamedPipe(string path)
    {
        Fifo.Make(path);
        // For reading and writing, which waits for nobody (fifo(7)).
        stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>Reads all that is in it, until a text has come.</summary>
    /// <returns>All that was read so far.</returns>
    public Task<string> ReadUntilAsync(string awaited) =>
        Task.Run(
                () =>
                {
                    byte[] block = new byte[64 * 1024];
                    while (!text.ToString().Contains(awaited, StringComparison.Ordinal))
                    {
                        int length = stream.Read(block);
                        text.Append(Encoding.UTF8.GetString(block, 0, length));
                    }

                    return text.ToString();
                },
                TestContext.Current.CancellationToken
            )
            .WaitAsync(Patience);

    public void Dispose() => stream.Dispose();
}
