using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A server under measure: a child process that is gone when this is disposed of.</summary>
internal class Subject : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Task<string> errors;

    protected Subject(string name, string command, params IEnumerable<string> arguments)
    {
        Name = name;
        ProcessStartInfo start = new(command, arguments)
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

    public int Port { get; protected set; }

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
    public async Task<Subject> WhenListeningAsync(CancellationToken stop)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, Port, stop);
                return this;
            }
            catch (SocketException) when (!Process.HasExited && waited.Elapsed < StartTime)
            {
                await Task.Delay(20, stop);
            }
            catch (SocketException)
            {
                throw await FaultAsync();
            }
        }
    }

    /// <summary>Waits until something is so, or the process has ended.</summary>
    /// <param name="isSo">Asked again and again.</param>
    /// <param name="pause">How long after an answer it is asked again.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>How long it took from the start of the process.</returns>
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
        Process.Kill(entireProcessTree: true);
        return new($"{Name} did not come to serve what was waited for: {(await errors).Trim()}");
    }
}
