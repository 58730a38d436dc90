using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>Tells systemd how the service is, over the socket in <c>NOTIFY_SOCKET</c> (sd_notify(3)). Without that variable it
/// does nothing, and nothing that is wrong with the socket harms whoever tells.</summary>
internal sealed class SystemdNotifier : IDisposable
{
    // Who reads is not there or hangs: the service goes on.
    private const int LongestSend = 1000;
    private const long MicrosecondsPerSecond = 1_000_000;

    private readonly Lock sending = new();
    private readonly TimeProvider time;
    private readonly UnixDomainSocketEndPoint? address;
    private readonly TimeSpan? watchdog;
    private Socket? socket;
    private ITimer? beating;

    /// <param name="environment">The environment's variables.</param>
    /// <param name="processId">The process that this is.</param>
    /// <param name="time">The clock.</param>
    public SystemdNotifier(Func<string, string?> environment, int processId, TimeProvider time)
    {
        this.time = time;
        address = AddressOf(environment("NOTIFY_SOCKET"));
        watchdog = WatchdogOf(environment, processId);
    }

    /// <summary>The service has started, or has ended a reload.</summary>
    /// <param name="status">How it is, in one line for people; left out, as it was said before.</param>
    public void Ready(string? status = null) =>
        Send(status is null ? "READY=1" : $"READY=1\nSTATUS={Printable.Escape(status)}");

    /// <summary>How it is, in one line for people.</summary>
    public void Status(string status) => Send($"STATUS={Printable.Escape(status)}");

    /// <summary>It reads its configuration anew; <see cref="Ready"/> ends that.</summary>
    public void Reloading()
    {
        // CLOCK_MONOTONIC: what .NET takes its timestamps from on Linux.
        Int128 microseconds = (Int128)time.GetTimestamp() * MicrosecondsPerSecond / time.TimestampFrequency;
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    /// <summary>It begins to stop.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>From now on says twice in every period that systemd asks for that the service is alive, for as long as it is: once it
    /// is not, systemd restarts it.</summary>
    public void WatchOver(Func<bool> isAlive)
    {
        if (watchdog is { } period && address is not null && beating is null)
        {
            beating = time.CreateTimer(_ => Beat(isAlive), state: null, TimeSpan.Zero, period / 2);
        }
    }

    public void Dispose()
    {
        beating?.Dispose();
        lock (sending)
        {
            socket?.Dispose();
            socket = null;
        }
    }

    private void Beat(Func<bool> isAlive)
    {
        if (isAlive())
        {
            Send("WATCHDOG=1");
        }
    }

    private void Send(string message)
    {
        if (address is null)
        {
            return;
        }

        lock (sending)
        {
            try
            {
                socket ??= new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
                {
                    SendTimeout = LongestSend,
                };
                socket.SendTo(Encoding.UTF8.GetBytes(message), address);
            }
            catch (SocketException)
            {
                // A new one next time: systemd may have been restarted.
                socket?.Dispose();
                socket = null;
            }
        }
    }

    private static UnixDomainSocketEndPoint? AddressOf(string? text)
    {
        try
        {
            return text switch
            {
                ['/', _, ..] => new(text),
                // In the abstract namespace (unix(7)).
                ['@', _, ..] => new($"\0{text[1..]}"),
                _ => null,
            };
        }
        catch (ArgumentException)
        {
            // Longer than an address can be.
            return null;
        }
    }

    private static TimeSpan? WatchdogOf(Func<string, string?> environment, int processId)
    {
        string? process = environment("WATCHDOG_PID");
        bool isOurs =
            string.IsNullOrEmpty(process) || process == processId.ToString(CultureInfo.InvariantCulture);
        return isOurs
            && uint.TryParse(
                environment("WATCHDOG_USEC"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out uint microseconds
            )
            && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }
}
