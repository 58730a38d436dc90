using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Failover;

public sealed class SystemdNotifierTests : IDisposable
{
    private static readonly string OwnId = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-notify-");
    private readonly ManualTime time = new();
    private readonly Dictionary<string, string> environment = new(StringComparer.Ordinal);
    private readonly Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public SystemdNotifierTests() => Listen(Path.Combine(folder.FullName, "notify"));

    public void Dispose()
    {
        manager.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void The_service_manager_is_told_what_happens_in_order()
    {
        using SystemdNotifier notifier = NewNotifier();
        time.Advance(Second(12.345678));

        notifier.Ready("serving 3 components");
        notifier.Status("still");
        notifier.Reloading();
        notifier.Ready("serving 4 components");
        notifier.Stopping();

        Received()
            .ShouldBe([
                "READY=1\nSTATUS=serving 3 components",
                "STATUS=still",
                "RELOADING=1\nMONOTONIC_USEC=12345678",
                "READY=1\nSTATUS=serving 4 components",
                "STOPPING=1",
            ]);
    }

    [Fact]
    public void A_name_in_the_abstract_namespace_begins_with_an_at_sign()
    {
        string name = $"failover-{Guid.NewGuid()}";
        using Socket listening = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        listening.Bind(new UnixDomainSocketEndPoint($"\0{name}"));
        environment["NOTIFY_SOCKET"] = $"@{name}";
        using SystemdNotifier notifier = NewNotifier();

        notifier.Stopping();

        Received(listening).ShouldBe(["STOPPING=1"]);
    }

    [Fact]
    public void The_time_of_a_reload_is_by_the_clock_that_systemd_reads()
    {
        using SystemdNotifier notifier = new(environment.GetValueOrDefault, TimeProvider.System);
        double before = UptimeSeconds();

        notifier.Reloading();

        double told = double.Parse(Received().Single().Split('=')[^1], CultureInfo.InvariantCulture) / 1e6;
        // The one goes on while a machine sleeps, the other does not: of a machine that never slept they are the same.
        told.ShouldBeInRange(0, UptimeSeconds() + 1);
        (before - told).ShouldBeLessThan(1 + SleptSeconds());
    }

    [Fact]
    public void A_status_cannot_say_more_than_a_status()
    {
        using SystemdNotifier notifier = NewNotifier();

        notifier.Status("fine\nMAINPID=1");

        Received().ShouldBe([@"STATUS=fine\u000aMAINPID=1"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nowhere/notify")]
    public void Who_is_not_there_harms_nobody(string? socket)
    {
        environment.Remove("NOTIFY_SOCKET");
        if (socket is not null)
        {
            environment["NOTIFY_SOCKET"] = socket;
        }

        using SystemdNotifier notifier = NewNotifier();

        notifier.Ready("fine");
        notifier.Reloading();
        notifier.Stopping();

        Received().ShouldBeEmpty();
    }

    [Fact]
    public void A_name_that_is_too_long_for_a_socket_harms_nobody()
    {
        environment["NOTIFY_SOCKET"] = "/" + new string('x', 1000);

        using SystemdNotifier notifier = NewNotifier();

        Should.NotThrow(() => notifier.Ready("fine"));
    }

    [Fact]
    public void A_manager_that_never_reads_holds_up_nobody()
    {
        using SystemdNotifier notifier = NewNotifier();

        for (int i = 0; i < 10_000; i++)
        {
            notifier.Status("fine");
        }

        Received().ShouldNotBeEmpty();
    }

    [Fact]
    public void The_watchdog_hears_twice_in_its_time_while_the_daemon_lives()
    {
        environment["WATCHDOG_USEC"] = "10000000";
        environment["WATCHDOG_PID"] = OwnId;
        bool isAlive = true;
        using SystemdNotifier notifier = NewNotifier();
        notifier.KeepAlive(() => Task.FromResult(isAlive));

        Turn(Second(4.9));
        Turn(Second(0.1)).ShouldBe(["WATCHDOG=1"]);
        Turn(Second(10)).Count.ShouldBe(2);
        isAlive = false;
        Turn(Second(20)).ShouldBeEmpty();
        isAlive = true;
        Turn(Second(5)).ShouldBe(["WATCHDOG=1"]);

        List<string> Turn(TimeSpan by)
        {
            time.Advance(by);
            return Received();
        }
    }

    [Theory]
    [InlineData("10000000", null, 10)]
    [InlineData("10000000", "1", null)]
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("99999999999999999999", null, null)]
    [InlineData("ten", null, null)]
    public void The_watchdog_is_for_this_process_where_it_says_no_other(
        string? microseconds,
        string? process,
        int? seconds
    )
    {
        Set("WATCHDOG_USEC", microseconds);
        Set("WATCHDOG_PID", process);

        using SystemdNotifier notifier = NewNotifier();

        notifier.Watchdog.ShouldBe(seconds is { } count ? Second(count) : null);

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                environment[name] = value;
            }
        }
    }

    private static double UptimeSeconds() =>
        double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);

    private static double SleptSeconds() => UptimeSeconds() - TimeProvider.System.GetElapsedTime(0).TotalSeconds;

    private static List<string> Received(Socket socket)
    {
        List<string> messages = [];
        byte[] buffer = new byte[4096];
        while (socket.Available > 0)
        {
            messages.Add(Encoding.UTF8.GetString(buffer.AsSpan(0, socket.Receive(buffer))));
        }

        return messages;
    }

    private List<string> Received() => Received(manager);

    private void Listen(string path)
    {
        manager.Bind(new UnixDomainSocketEndPoint(path));
        environment["NOTIFY_SOCKET"] = path;
    }

    private SystemdNotifier NewNotifier() => new(environment.GetValueOrDefault, time);
}
