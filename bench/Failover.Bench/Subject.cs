using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A server under measure: a child process that is gone when this is disposed of.</summary>
internal class Subject : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

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
        return new($"{Name} did not start: {(await errors).Trim()}");
    }
}
