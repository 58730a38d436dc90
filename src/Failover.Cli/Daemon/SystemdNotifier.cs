using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>Reports the state of the daemon to a service manager that wants to know it: the protocol of sd_notify(3), datagrams to the
/// Unix socket that NOTIFY_SOCKET names.</summary>
/// <remarks>Without that variable it does nothing, and a manager that does not listen has no effect on the daemon.</remarks>
internal sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? socket;
    private readonly UnixDomainSocketEndPoint? manager;
    private readonly TimeProvider time;
    private ITimer? timer;

    /// <summary>Makes one for the service manager of this process.</summary>
    /// <param name="environment">Gives the value of a variable, null where there is none.</param>
    /// <param name="time">For the watchdog; its timestamps are those of CLOCK_MONOTONIC.</param>
    public SystemdNotifier(Func<string, string?> environment, TimeProvider time)
    {
        this.time = time;
        manager = AddressOf(environment("NOTIFY_SOCKET"));
        if (manager is not null)
        {
            // A manager that does not read does not block the daemon.
            socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            Watchdog = WatchdogOf(environment);
        }
    }

    /// <summary>How often the service manager wants to hear that the daemon lives; null where it does not.</summary>
    public TimeSpan? Watchdog { get; }

    /// <summary>The daemon serves: what was asked of it is done.</summary>
    /// <param name="status">How it is, for people.</param>
    public void Ready(string status) => Send($"READY=1\nSTATUS={Printable.Escape(status)}");

    /// <summary>How the daemon is, for people.</summary>
    public void Status(string status) => Send($"STATUS={Printable.Escape(status)}");

    /// <summary>The daemon reads its configuration again; <see cref="Ready"/> says when it has.</summary>
    public void Reloading()
    {
        // The same clock as the service manager's (CLOCK_MONOTONIC, which timestamps are of on Linux), so that it can tell which
        // request to reload this answers.
        Int128 microseconds = (Int128)time.GetTimestamp() * 1_000_000 / time.TimestampFrequency;
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    /// <summary>The daemon is about to end.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>From now on notifies the watchdog of the service manager, for as long as the daemon is alive.</summary>
    /// <param name="isAlive">Whether it does: asked at half the watchdog's time, so that one that comes late is not too
    /// late.</param>
    public void KeepAlive(Func<Task<bool>> isAlive)
    {
        if (Watchdog is { } interval)
        {
            timer ??= time.CreateTimer(_ => _ = SendAliveAsync(isAlive), state: null, TimeSpan.Zero, interval / 2);
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        socket?.Dispose();
    }

    private static UnixDomainSocketEndPoint? AddressOf(string? path)
    {
        try
        {
            return path switch
            {
                ['/', _, ..] => new(path),
                // An @ stands for the NUL that names in the abstract namespace begin with (unix(7)).
                ['@', _, ..] => new($"\0{path[1..]}"),
                _ => null,
            };
        }
        catch (ArgumentException)
        {
            // Longer than an address can be: nobody listens there.
            return null;
        }
    }

    // Only for the process that it is meant for: a child of it inherits the variables.
    private static TimeSpan? WatchdogOf(Func<string, string?> environment)
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        bool isOurs = environment("WATCHDOG_PID") is not { Length: > 0 } meant || meant == own;
        // At most 71 minutes, which a timer can wait for.
        bool isNumber = uint.TryParse(
            environment("WATCHDOG_USEC"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out uint microseconds
        );
        return isOurs && isNumber && microseconds > 0 ? TimeSpan.FromMicroseconds(microseconds) : null;
    }

    private async Task SendAliveAsync(Func<Task<bool>> isAlive)
    {
        if (await isAlive())
        {
            Send("WATCHDOG=1");
        }
    }

    private void Send(string state)
    {
        try
        {
            socket?.SendTo(Encoding.UTF8.GetBytes(state), manager!);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Whoever does not listen does not want to know.
        }
    }
}
