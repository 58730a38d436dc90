using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Failover;

/// <summary>Asks at times that are fixed before, whether or not the answers to earlier requests are there: a server that stops for a
/// moment delays all that were due in it, and is not spared them (coordinated omission).</summary>
internal static partial class OpenLoop
{
    public const string Verb = "openloop";

    // A thread each, which waits for its next time.
    private const int Connections = 32;

    // Not counted, while the client is compiled.
    private const double WarmUpSeconds = 1;

    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;
    private const int SetTimerSlack = 29;

    /// <summary>Latencies from the times at which requests were due, in milliseconds.</summary>
    internal sealed record Outcome(
        int Count,
        int Refused,
        double P50,
        double P99,
        double P999,
        double Longest,
        double LateP999
    );

    /// <summary>Runs it in a child process, after a second that is not counted.</summary>
    public static async Task<Outcome> RunAsync(
        int port,
        IReadOnlyList<string> paths,
        int rate,
        TimeSpan duration,
        CancellationToken stop
    )
    {
        string output = await LoadProcess.OutputOfAsync(
            Environment.ProcessPath!,
            [Verb, $"{port}", string.Join(',', paths), $"{rate}", $"{(int)duration.TotalSeconds}"],
            stop
        );
        double[] words = [.. output.Split(' ', StringSplitOptions.TrimEntries).Select(Number.ParseDouble)];
        return new((int)words[0], (int)words[1], words[2], words[3], words[4], words[5], words[6]);
    }

    /// <summary>The child process: prints what it measured.</summary>
    public static int Ask(int port, string[] paths, int rate, int seconds)
    {
        byte[][] requests =
        [
            .. paths.Select(path => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
        ];
        double start = Now() + 0.2;
        Asker[] askers =
        [
            .. Enumerable
                .Range(0, Connections)
                .Select(i => new Asker(port, requests, start, (double)Connections / rate, i, WarmUpSeconds + seconds)),
        ];
        Thread[] threads = [.. askers.Select(asker => new Thread(asker.Run))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Distribution latency = new(askers.SelectMany(asker => asker.Latencies));
        Distribution late = new(askers.SelectMany(asker => asker.Delays));
        double[] figures =
        [
            latency.Count,
            askers.Sum(asker => asker.Refused),
            latency.At(0.5),
            latency.At(0.99),
            latency.At(0.999),
            latency.At(1),
            late.At(0.999),
        ];
        Console.WriteLine(string.Join(' ', figures.Select(Number.Exact)));
        return 0;
    }

    private static double Now() => (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;

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

    /// <summary>One connection, and the requests that are due on it.</summary>
    private sealed class Asker(int port, byte[][] requests, double start, double interval, int number, double seconds)
    {
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
            for (int i = 0; i * interval < seconds; i++)
            {
                double due = start + (interval * (i + ((double)number / Connections)));
                Time until = new() { Seconds = (long)due, Nanoseconds = (long)((due - (long)due) * 1e9) };
                _ = Sleep(ClockMonotonic, AbsoluteTime, until, 0);
                double sent = Now();
                bool isRight = TryAsk(requests[((i * Connections) + number) % requests.Length]);
                double answered = Now();
                if (due < start + WarmUpSeconds)
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
    }
}
