using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Failover;

/// <summary>Addresses that come and go with the configuration.</summary>
public sealed class ListenReloadTests : IAsyncLifetime
{
    private readonly Target target = Target.Started();
    private ServedFolder? folder;

    private ServedFolder Served => folder ?? throw new InvalidOperationException("not made");

    public async ValueTask InitializeAsync()
    {
        folder = await ServedFolder.WithAsync(At("127.0.0.1:0"));
        await Served.ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        target.Dispose();
    }

    [Fact]
    public async Task An_added_address_serves_while_a_removed_one_answers_requests_in_flight()
    {
        using SilentTarget silent = await SilentTarget.StartAsync();
        string more = string.Create(CultureInfo.InvariantCulture, $"  slow: {{tcp: 127.0.0.1:{silent.Port}}}\n");
        await Served.ReloadAsync(At("127.0.0.1:0") + more);
        Task<string> underWay = Served.PollAsync("slow");
        await silent.SomebodyWaitsAsync();

        await Served.ReloadAsync(At("localhost:0") + more);

        int added = await PortAsync("failover listens on http://localhost:");
        (await RawConnection.GetAsync(added, "/mail")).Body.ShouldBe("OK");
        await Eventually.GetAsync(() => IsRefusedAsync(Served.Port), isRefused => isRefused, "refused connections");
        underWay.IsCompleted.ShouldBeFalse();
        (await RawConnection.GetAsync(added, "/mail")).Body.ShouldBe("OK");
        silent.Accept();

        (await underWay).ShouldBe("OK");
        (await RawConnection.GetAsync(added, "/slow")).Body.ShouldBe("OK");
        await Served.HasLoggedAsync($"failover no longer listens on http://127.0.0.1:{Served.Port}\n");
    }

    [Fact]
    public async Task An_address_that_stays_keeps_its_connections()
    {
        using RawConnection connection = await RawConnection.OpenAsync(Served.Port);
        await connection.SendAsync("GET /mail HTTP/1.1\r\nHost: localhost\r\n\r\n");
        (await connection.ReadAnswerAsync()).Body.ShouldBe("OK");

        await Served.ReloadAsync(At("127.0.0.1:0, localhost:0"));
        await Served.ReloadAsync(At("127.0.0.1:0"));

        await connection.SendAsync("GET /mail HTTP/1.1\r\nHost: localhost\r\n\r\n");
        (await connection.ReadAnswerAsync()).Body.ShouldBe("OK");
    }

    [Fact]
    public async Task An_address_that_is_in_use_has_the_whole_file_refused()
    {
        Served.Write(
            ServedFolder.Main,
            At($"127.0.0.1:0, localhost:0, 127.0.0.1:{target.Port}").Replace("mail:", "new:", StringComparison.Ordinal)
        );
        await Served.ReloadInVainAsync();

        (await Served.ErrorAsync()).ShouldBe($"cannot listen on http://127.0.0.1:{target.Port}: the port is in use");
        (await Served.PollAsync("mail")).ShouldBe("OK");
        (await Served.PollAsync("new")).ShouldBe("Not Found");
        Served.Log.ShouldNotContain("listens on http://localhost:");

        await Served.ReloadAsync(At("127.0.0.1:0"));
        (await Served.ErrorAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_port_that_is_to_speak_otherwise_takes_a_restart_and_the_refusal_says_so()
    {
        string port = Served.Port.ToString(CultureInfo.InvariantCulture);
        await Served.ReloadAsync(At("localhost:0"));
        await Eventually.GetAsync(() => IsRefusedAsync(Served.Port), isRefused => isRefused, "the port is free");
        await Served.ReloadAsync(At($"127.0.0.1:{port}"));
        (await Served.PollAsync("mail")).ShouldBe("OK");

        Served.Write(ServedFolder.Main, At(port));
        await Served.ReloadInVainAsync();

        (await Served.ErrorAsync()).ShouldBe(
            $"cannot listen on http://*:{port}: the port is in use, by http://127.0.0.1:{port}, which goes with a restart only"
        );
        (await Served.PollAsync("mail")).ShouldBe("OK");
    }

    [Fact]
    public async Task A_Unix_socket_comes_and_goes()
    {
        string socket = Served["s"];
        await Served.ReloadAsync(At($"127.0.0.1:0, 'unix:{socket}'"));

        using SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        using HttpClient client = new(handler);
        Uri url = new("http://localhost/mail");
        (await client.GetStringAsync(url, TestContext.Current.CancellationToken)).ShouldBe("OK");
        await using ChildProcess curl = ChildProcess.Start(
            "curl",
            "curl",
            ["--silent", "--unix-socket", socket, url.ToString()]
        );
        (await curl.ExitCodeAsync(Second(30))).ShouldBe(0, curl.ToString());
        curl.Output.ShouldBe("OK\n");

        await Served.ReloadAsync(At("127.0.0.1:0"));
        await Eventually.IsAsync(() => !File.Exists(socket), "no socket");
        (await Served.PollAsync("mail")).ShouldBe("OK");
    }

    [Fact]
    public async Task Management_goes_off_and_comes_back()
    {
        await Served.ReloadAsync(At("127.0.0.1:0", management: "off"));
        await Eventually.GetAsync(
            () => IsRefusedAsync(Served.Daemon.ManagementPort),
            isRefused => isRefused,
            "refused connections"
        );
        (await Served.PollAsync("mail")).ShouldBe("OK");
        (await Served.PollAsync("-/api/v1/status")).ShouldBe("Not Found", "never for those who poll");

        await Served.ReloadAsync(At("127.0.0.1:0", management: "localhost:0"));
        int port = await PortAsync("management at http://localhost:");
        RawAnswer status = await RawConnection.GetAsync(port, "/-/api/v1/status");
        status.Status.ShouldBe(200);
    }

    [Fact]
    public async Task Another_state_file_waits_for_a_restart_and_is_reported()
    {
        string text = At("127.0.0.1:0").Replace("mail:", "new:", StringComparison.Ordinal);
        await Served.ReloadAsync(
            text.Replace("state: memory", $"state: {Served["other.db"]}", StringComparison.Ordinal)
        );

        (await Served.PollAsync("new")).ShouldBe("OK", "the rest is taken");
        JsonElement pending = (await Served.ConfigurationAsync()).GetProperty("pending");
        pending.ToString().ShouldBe("[\"state: another file or age needs a restart\"]");
        await Served.HasLoggedAsync("warning: state: another file or age needs a restart\n");
        File.Exists(Served["other.db"]).ShouldBeFalse();

        // It is still so when the file is read once more.
        await Served.ReloadAsync();
        (await Served.ConfigurationAsync()).GetProperty("pending").GetArrayLength().ShouldBe(1);
        await Served.ReloadAsync(text);
        (await Served.ConfigurationAsync()).GetProperty("pending").GetArrayLength().ShouldBe(0);
    }

    private async Task<int> PortAsync(string text)
    {
        string line = await Served.Daemon.Process.LineAsync(text);
        return int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }

    private static async Task<bool> IsRefusedAsync(int port)
    {
        try
        {
            using RawConnection connection = await RawConnection.OpenAsync(port);
            return false;
        }
        catch (SocketException exception)
        {
            // Reset: it was in the queue of the socket that is closed.
            exception.SocketErrorCode.ShouldBeOneOf(SocketError.ConnectionRefused, SocketError.ConnectionReset);
            return exception.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private string At(string listen, string management = "127.0.0.1:0") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            listen: [{{listen}}]
            management: {{management}}
            state: memory
            components:
              mail: {tcp: 127.0.0.1:{{target.Port}}}

            """
        );
}
