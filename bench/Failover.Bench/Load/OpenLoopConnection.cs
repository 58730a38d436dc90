using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>When requests are due.</summary>
/// <param name="Start">The first of the first connection, by <see cref="OpenLoopConnection.Now"/>.</param>
/// <param name="Interval">Seconds from one to the next of the same connection.</param>
/// <param name="WarmUpSeconds">Not counted.</param>
/// <param name="Seconds">How long it lasts.</param>
internal sealed record OpenLoopSchedule(double Start, double Interval, double WarmUpSeconds, double Seconds);

/// <summary>One connection, and the requests that are due on it.</summary>
internal sealed partial class OpenLoopConnection(
    int port,
    byte[][] requests,
    int connections,
    int number,
    OpenLoopSchedule schedule
)
{
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;
    private const int SetTimerSlack = 29;

    private readonly byte[] answer = new byte[4096];
    private Socket? socket;

    public List<double> Latencies { get; } = new(1 << 16);

    /// <summary>How late requests were sent: what of the latency is the client's own.</summary>
    public List<double> Delays { get; } = new(1 << 16);

    public int Refused { get; private set; }

    public void Run()
    {
        // Linux lets a sleeper oversleep 50 µs otherwise (prctl(2)).
        _ = Control(SetTimerSlack, 1);
        for (int i = 0; i * schedule.Interval < schedule.Seconds; i++)
        {
            double due = schedule.Start + (schedule.Interval * (i + ((double)number / connections)));
            Time until = new() { Seconds = (long)due, Nanoseconds = (long)((due - (long)due) * 1e9) };
            _ = Sleep(ClockMonotonic, AbsoluteTime, until, 0);
            double sent = Now();
            bool isRight = TryAsk(requests[((i * connections) + number) % requests.Length]);
            double answered = Now();
            if (due < schedule.Start + schedule.WarmUpSeconds)
            {
                continue;
            }

            Refused += isRight ? 0 : 1;
            Latencies.Add(1000 * (answered - due));
            Delays.Add(1000 * (sent - due));
        }

        socket?.Dispose();
    }

    // A server may close an idle connection at the moment in which a request is sent: it is asked again then, on a new one.
    private bool TryAsk(byte[] request)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                Socket open = socket ??= Connect();
                open.Send(request);
                if (open.Receive(answer) is > 0 and var length)
                {
                    ReadOnlySpan<byte> text = answer.AsSpan(0, length);
                    if (text.IndexOf("onnection: close"u8) >= 0)
                    {
                        Reset();
                    }

                    return text.StartsWith("HTTP/1.1 200"u8) || text.StartsWith("HTTP/1.0 200"u8);
                }
            }
            catch (SocketException) { }

            Reset();
        }

        return false;
    }

    private Socket Connect()
    {
        Socket open = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        open.Connect(IPAddress.Loopback, port);
        return open;
    }

    private void Reset()
    {
        socket?.Dispose();
        socket = null;
    }

    /// <summary>The time, in seconds, by CLOCK_MONOTONIC.</summary>
    public static double Now() => (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, in Time until, nint rest);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, ulong value);

    // struct timespec, where long has 64 bits.
    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
