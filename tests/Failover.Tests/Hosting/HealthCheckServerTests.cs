using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>The server as a script uses it: what it refuses, where it listens, what it writes, how it ends.</summary>
public sealed class HealthCheckServerTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private static HealthCheckServer Quiet(int port = 0, string? host = "127.0.0.1") =>
        new(port, host) { Output = TextWriter.Null };

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void A_port_out_of_range_is_refused(int port)
    {
        ArgumentException refusal = Should.Throw<ArgumentOutOfRangeException>(() => new HealthCheckServer(port));

        refusal.ParamName.ShouldBe("port");
        refusal.Message.ShouldContain($"port is {port}; accepted: 0 to 65535");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("127.0.0.1:80")]
    [InlineData("http://localhost")]
    public void A_host_that_is_neither_a_name_nor_an_address_is_refused(string host)
    {
        ArgumentException refusal = Should.Throw<ArgumentException>(() => new HealthCheckServer(0, host));

        refusal.ParamName.ShouldBe("host");
        refusal.Message.ShouldContain($"host is \"{host}\"; accepted: ");
    }

    [Fact]
    public async Task A_component_without_a_task_or_a_name_is_refused()
    {
        await using HealthCheckServer server = Quiet();

        Should.Throw<ArgumentNullException>(() => server.AddComponent("mail", null!)).ParamName.ShouldBe("task");
        Should.Throw<ArgumentNullException>(() => server.AddComponent(null!, Check())).ParamName.ShouldBe("name");
        Should.Throw<ArgumentException>(() => server.AddComponent("/mail", Check())).ParamName.ShouldBe("name");
    }

    [Fact]
    public async Task Two_components_of_one_name_are_refused_and_the_first_stays()
    {
        await using HealthCheckServer server = Quiet();
        server.AddComponent("mail", Check());

        Should
            .Throw<ArgumentException>(() => server.AddComponent("mail", new ScriptedCheck { Sees = Fail }))
            .Message.ShouldContain("\"mail\"");

        server.AddComponent("Mail", Check());
        await server.StartAsync(Stop);
        (await RawConnection.GetAsync(server.Port, "/mail")).Body.ShouldBe("OK");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_response_deadline_that_has_passed_from_the_start_is_refused(double seconds)
    {
        await using HealthCheckServer server = Quiet();

        Should
            .Throw<ArgumentException>(() => server.AddComponent("mail", Check(), responseDeadline: Second(seconds)))
            .ParamName.ShouldBe("responseDeadline");
    }

    [Fact]
    public async Task An_error_is_served_as_is_said()
    {
        await using HealthCheckServer server = Quiet();
        ScriptedCheck check = new();
        server.AddComponent("plain", check);
        server.AddComponent("fail", check, onError: OnError.Fail);
        server.AddComponent("held", check, onError: OnError.Hold, onErrorFor: Minute(1));
        await server.StartAsync(Stop);
        (await RawConnection.GetAsync(server.Port, "/held")).Body.ShouldBe("OK");

        check.Sees = Error;
        (await RawConnection.GetAsync(server.Port, "/plain")).Body.ShouldBe("ERROR");
        (await RawConnection.GetAsync(server.Port, "/fail")).Body.ShouldBe("FAIL");
        (await RawConnection.GetAsync(server.Port, "/held")).Body.ShouldBe("OK");
        Should
            .Throw<ArgumentException>(() => server.AddComponent("late", check, onErrorFor: Minute(1)))
            .ParamName.ShouldBe("onErrorFor");
    }

    [Fact]
    public async Task A_POST_that_nobody_may_send_is_refused()
    {
        await using HealthCheckServer server = Quiet();
        Oneshot reset = new();

        Should
            .Throw<ArgumentException>(() => server.AddComponent("mail", new Toggle(Check(), reset), onPost: reset.Fire))
            .ParamName.ShouldBe("onPost");
    }

    [Fact]
    public async Task A_POST_that_changes_nothing_served_is_refused()
    {
        await using HealthCheckServer server = Quiet();
        Oneshot reset = new(auth: new HtpasswdFile("/nowhere/users"));

        Should
            .Throw<ArgumentException>(() => server.AddComponent("mail", Check(), onPost: reset.Fire))
            .ParamName.ShouldBe("onPost");
    }

    [Fact]
    public async Task A_component_added_after_the_start_is_refused()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", Check());

        Should.Throw<InvalidOperationException>(() => server.AddComponent("late", Check()));
        (await RawConnection.GetAsync(server.Port, "/late")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Port_0_is_a_free_one_that_can_be_read()
    {
        await using HealthCheckServer server = Quiet();
        server.Port.ShouldBe(0);
        server.AddComponent("mail", Check());

        await server.StartAsync(Stop);

        server.Port.ShouldBeInRange(1, 65535);
        (await RawConnection.GetAsync(server.Port, "/mail")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("::1", "::1")]
    [InlineData("[::1]", "::1")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("localhost", "localhost")]
    [InlineData(null, "127.0.0.1")]
    [InlineData(null, "::1")]
    public async Task It_listens_where_it_is_told_to(string? host, string asked)
    {
        await using HealthCheckServer server = Quiet(host: host);
        server.AddComponent("mail", Check());
        await server.StartAsync(Stop);
        using HttpClient client = new();

        Uri url = new UriBuilder("http", asked, server.Port, "/mail").Uri;

        (await client.GetStringAsync(url, Stop)).ShouldBe("OK");
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line()
    {
        await using HealthCheckServer first = await ServerUnderTest.StartAsync("mail", Check());
        await using HealthCheckServer second = Quiet(first.Port);

        FailoverStartException refusal = await Should.ThrowAsync<FailoverStartException>(() => second.StartAsync(Stop));

        refusal.Message.ShouldBe($"cannot listen on http://127.0.0.1:{first.Port}: the port is in use");
    }

    [Fact]
    public async Task An_address_of_another_machine_is_one_clear_line()
    {
        await using HealthCheckServer server = Quiet(host: "192.0.2.1");

        FailoverStartException refusal = await Should.ThrowAsync<FailoverStartException>(() => server.StartAsync(Stop));

        refusal.Message.ShouldBe("cannot listen on http://192.0.2.1:0: the address is not of this machine");
    }

    [Fact]
    public async Task A_second_start_is_refused_and_the_first_continues()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", Check());

        await Should.ThrowAsync<InvalidOperationException>(() => server.StartAsync(Stop));

        (await RawConnection.GetAsync(server.Port, "/mail")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task After_the_stop_nobody_listens()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", Check());
        int port = server.Port;

        await server.StopAsync(Stop);
        await server.StopAsync(Stop);

        (await Should.ThrowAsync<SocketException>(() => RawConnection.OpenAsync(port))).SocketErrorCode.ShouldBe(
            SocketError.ConnectionRefused
        );
    }

    [Fact]
    public async Task A_server_that_was_never_started_stops_too()
    {
        HealthCheckServer server = Quiet();

        await server.StopAsync(Stop);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_check_that_ignores_that_it_is_to_end_holds_the_end_up_for_two_seconds_at_most()
    {
        ScriptedCheck check = new() { Gate = new TaskCompletionSource() };
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", check);
        using RawConnection underWay = await RawConnection.OpenAsync(server.Port);
        await underWay.SendAsync("GET /mail HTTP/1.1\r\nHost: x\r\n\r\n");
        SpinWait.SpinUntil(() => check.Probes == 1, Second(30)).ShouldBeTrue();

        long started = Stopwatch.GetTimestamp();
        await server.StopAsync(new CancellationToken(canceled: true));

        // One for the connections and one for the probes: with the time to drain, this makes the ten of RunForever.
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Second(3));
        (await underWay.IsClosedAsync()).ShouldBeTrue();
        check.Gate.SetResult();
    }

    [Fact]
    public async Task RunForever_ends_when_it_is_cancelled()
    {
        StringWriter output = new();
        await using HealthCheckServer server = new(0, "127.0.0.1") { Output = TextWriter.Synchronized(output) };
        using CancellationTokenSource stop = new();

        Task running = server.RunForeverAsync(stop.Token);
        running.IsCompleted.ShouldBeFalse();
        SpinWait.SpinUntil(() => server.Port != 0, Second(30)).ShouldBeTrue();
        await stop.CancelAsync();
        await running;

        output.ToString().ShouldEndWith("draining, then stopping" + Environment.NewLine);
    }

    [Fact]
    public async Task With_a_bad_password_file_it_serves_warns_and_answers_POSTs_with_503_until_the_file_is_good()
    {
        using PasswordDirectory directory = new();
        ScriptedCheck check = new() { Sees = Fail };
        Oneshot reset = new(auth: new HtpasswdFile(directory.File));
        StringWriter output = new() { NewLine = "\n" };
        await using HealthCheckServer server = new(0, "127.0.0.1") { Output = output };
        server.AddComponent("mail", new Toggle(toFail: check, toOk: reset), onPost: reset.Fire);
        server.AddComponent("web", new ScriptedCheck());
        await server.StartAsync(Stop);

        (await RawConnection.GetAsync(server.Port, "/mail")).Body.ShouldBe("FAIL");
        (await RawConnection.GetAsync(server.Port, "/web")).Body.ShouldBe("OK");
        RawAnswer refused = await PostAsync();
        refused.Status.ShouldBe(503);
        refused.Body.ShouldBe("Unavailable");
        output.ToString().ShouldContain($" warning: {directory.File}: cannot be read (");
        output.ToString().ShouldContain("; until it is good, the POSTs that it guards are answered with 503\n");

        directory.Write(PasswordDirectory.Alice);

        (await PostAsync()).Body.ShouldBe("Armed");

        Task<RawAnswer> PostAsync() =>
            RawConnection.AskAsync(
                server.Port,
                $"POST /mail HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                    + $"Authorization: Basic {Convert.ToBase64String("alice:secret"u8)}\r\n\r\n"
            );
    }

    [Fact]
    public void What_is_no_proxy_is_refused()
    {
        Should
            .Throw<ArgumentException>(() => new HealthCheckServer(0) { TrustedProxies = ["10.0.0.1", "10.0.0.1/8"] })
            .Message.ShouldStartWith("TrustedProxies has \"10.0.0.1/8\", which has bits beyond its prefix; accepted: ");
        new HealthCheckServer(0) { TrustedProxies = ["10.0.0.0/8", "unix"] }.TrustedProxies.ShouldBe([
            "10.0.0.0/8",
            "unix",
        ]);
        new HealthCheckServer(0).TrustedProxies.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_writes_what_is_served_where_what_changes_and_who_posted()
    {
        string passwords = Path.GetTempFileName();
        await Htpasswd.RunAsync("-cbB", "-C", "4", passwords, "alice", "secret");
        ScriptedCheck check = new();
        Oneshot reset = new(auth: new HtpasswdFile(passwords));
        StringWriter output = new() { NewLine = "\n" };
        HealthCheckServer server = new(0, "127.0.0.1") { Output = output };
        server.AddComponent("mail", new Toggle(toFail: check, toOk: reset), onPost: reset.Fire);
        server.AddComponent("café", new TcpCheck("192.0.2.1", 25));
        await server.StartAsync(Stop);
        int port = server.Port;

        check.Sees = Fail;
        await RawConnection.GetAsync(port, "/mail");
        await PostAsync("mallory\u001b[2J:x");
        await PostAsync("alice:wrong");
        await PostAsync("alice:secret");
        await server.StopAsync(Stop);

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe($"failover listens on http://127.0.0.1:{port}");
        lines[1].ShouldStartWith("  /mail   toggle(");
        lines[1].ShouldEndWith("   (POST: reset)");
        lines[2].ShouldBe("  /café   tcp 192.0.2.1:25");
        lines[3].ShouldMatch("^....-..-..T..:..:..Z /mail ok -> fail: latched: scripted$");
        lines[4].ShouldMatch("^....-..-..T..:..:..Z /mail POST by .* from 127.0.0.1: .+$");
        lines[5].ShouldMatch("^....-..-..T..:..:..Z /mail POST by alice from 127.0.0.1: .+$");
        string.Join('\n', lines[6..]).ShouldContain("POST by alice from 127.0.0.1: Armed");
        string.Join('\n', lines[6..]).ShouldContain("/mail fail -> ok: ");
        output.ToString().ShouldNotContain("\u001b");
        output.ToString().ShouldNotContain("secret");
        File.Delete(passwords);

        Task<RawAnswer> PostAsync(string credentials) =>
            RawConnection.AskAsync(
                port,
                $"POST /mail HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                    + $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}\r\n\r\n"
            );
    }

    [Fact]
    public async Task A_head_that_does_not_end_is_closed_after_five_seconds()
    {
        // The only real five seconds among these tests: the limit is the web server's, on its own clock.
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", Check());
        using RawConnection slow = await RawConnection.OpenAsync(server.Port);
        long started = Stopwatch.GetTimestamp();

        await slow.SendAsync("GET /mail HTTP/1.1\r\nHost: x\r\nX-Slow: ");

        (await slow.ReadAnswerAsync()).Status.ShouldBe(408);
        (await slow.IsClosedAsync()).ShouldBeTrue();
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(Second(4));
    }

    private static ScriptedCheck Check() => new();

    [Fact]
    public async Task A_latch_outlives_the_server_in_the_store_that_it_is_given()
    {
        await using ScriptedStore store = new();
        ScriptedCheck check = new() { Sees = Fail };
        Oneshot reset = new(auth: new HtpasswdFile("/nowhere/users"));
        await using (HealthCheckServer first = new(0, "127.0.0.1", store) { Output = TextWriter.Null })
        {
            first.AddComponent("mail", new Toggle(check, reset), reset.Fire);
            await first.StartAsync(TestContext.Current.CancellationToken);
            (await RawConnection.GetAsync(first.Port, "/mail")).Body.ShouldBe("FAIL");
        }

        check.Sees = Ok;
        await using HealthCheckServer second = new(0, "127.0.0.1", store) { Output = TextWriter.Null };
        second.AddComponent("mail", new Toggle(check, reset), reset.Fire);
        await second.StartAsync(TestContext.Current.CancellationToken);
        (await RawConnection.GetAsync(second.Port, "/mail")).Body.ShouldBe("FAIL");
    }

    [Fact]
    public async Task A_store_that_cannot_be_used_keeps_the_server_from_starting()
    {
        await using ScriptedStore store = new() { Fault = "state.db: is in use by another process" };
        await using HealthCheckServer server = new(0, "127.0.0.1", store) { Output = TextWriter.Null };

        (await Should.ThrowAsync<FailoverStartException>(() => server.StartAsync())).Message.ShouldBe(
            "state.db: is in use by another process"
        );
    }
}
