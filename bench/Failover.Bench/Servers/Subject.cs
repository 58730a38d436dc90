using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A server under measure: a child process on cores of its own that is gone when this is disposed of.</summary>
internal class Subject : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Task<string> errors;

    /// <summary>Starts it.</summary>
    /// <param name="name">What tables call it.</param>
    /// <param name="cores">How many cores it may run on; null for the core of the load.</param>
    /// <param name="command">The program; taskset(1) becomes it, so that its process id is that of <see cref="Process"/>.</param>
    /// <param name="arguments">Its arguments.</param>
    protected Subject(string name, int? cores, string command, params IEnumerable<string> arguments)
    {
        Name = name;
        ProcessStartInfo start = new(
            Peers.Taskset.Path,
            ["-c", cores is { } count ? Cores.Server(count) : $"{Cores.Load}", command, .. arguments]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        StartedAt = Stopwatch.GetTimestamp();
        Process = Process.Start(start)!;
        errors = Process.StandardError.ReadToEndAsync();
    }

    public string Name { get; }

    public int Port { get; protected init; }

    public int Id => Process.Id;

    /// <summary>When the process was started, by <see cref="Stopwatch"/>.</summary>
    public long StartedAt { get; }

    public ProcessFigures Figures => ProcessFigures.Read(Process.Id);

    protected Process Process { get; }

    /// <summary>A port of 127.0.0.1 that was free a moment ago.</summary>
    public static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Waits until it accepts connections.</summary>
    public Task<TimeSpan> WhenListeningAsync(CancellationToken stop) =>
        WhenAsync(() => IsListeningAsync(stop), TimeSpan.FromMilliseconds(20), stop);

    /// <summary>Waits until something is so, or the process has ended.</summary>
    /// <param name="isSo">Asked again and again.</param>
    /// <param name="pause">How long after an answer it is asked again.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>How long it took from the start of the process.</returns>
    /// <exception cref="BenchException">It has ended, or it was not so within two minutes.</exception>
    public async Task<TimeSpan> WhenAsync(Func<Task<bool>> isSo, TimeSpan pause, CancellationToken stop)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (Process.HasExited || waited.Elapsed > Patience)
            {
                throw await FaultAsync();
            }

            await Task.Delay(pause, stop);
        }

        return Stopwatch.GetElapsedTime(StartedAt);
    }

    public virtual async ValueTask DisposeAsync()
    {
        Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync();
        Process.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task<BenchException> FaultAsync()
    {
        string end = Process.HasExited ? $"ended with {Process.ExitCode}" : "did not come to what was waited for";
        Process.Kill(entireProcessTree: true);
        return new($"{Name} {end}: {(await ComplaintAsync()).Trim()}");
    }

    /// <summary>What it says of itself, once it has ended.</summary>
    protected virtual Task<string> ComplaintAsync() => errors;

    private async Task<bool> IsListeningAsync(CancellationToken stop)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, stop);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
