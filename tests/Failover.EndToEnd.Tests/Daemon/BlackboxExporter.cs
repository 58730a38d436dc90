using System.Globalization;
using System.Net.Sockets;

namespace Failover;

/// <summary>blackbox_exporter, from Debian's package, on a free port.</summary>
internal sealed class BlackboxExporter : IAsyncDisposable
{
    private readonly string file = Path.GetTempFileName();
    private readonly Socket reserved = ServerPeer.Reserve();
    private readonly ChildProcess process;

    private BlackboxExporter(string modules)
    {
        File.WriteAllText(file, modules);
        process = ChildProcess.Start(
            "bash",
            "prometheus-blackbox-exporter",
            "-c",
            "exec prometheus-blackbox-exporter \"$@\" 2>&1",
            "bash",
            $"--config.file={file}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{Port}")
        );
    }

    public int Port => ServerPeer.PortOf(reserved);

    /// <summary>Starts it, and waits until it serves.</summary>
    /// <param name="modules">Its configuration.</param>
    public static async Task<BlackboxExporter> StartAsync(string modules)
    {
        BlackboxExporter started = new(modules);
        try
        {
            await started.process.LineAsync("Listening on");
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        reserved.Dispose();
        File.Delete(file);
    }
}
