using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>Polls and refused requests are recorded, whichever way they are answered.</summary>
public sealed class PollersEndpointTests
{
    private static string Get(string target, string headers = "") =>
        $"GET {target} HTTP/1.1\r\nHost: x\r\n{headers}Connection: close\r\n\r\n";

    private static PollersDocument Recorded(HealthCheckServer server) =>
        PollersDocument.Of(server.Service.Components, server.Service.Refused.All, text => text);

    // A background component is answered from memory, the other one is evaluated; JSON goes the way of the web server.
    [Theory]
    [InlineData("background", "")]
    [InlineData("asked", "")]
    [InlineData("background", "Accept: application/json\r\n")]
    [InlineData("asked", "Accept: application/json\r\n")]
    public async Task A_poll_is_noted_with_who_it_was_and_what_it_was_answered(string component, string accept)
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(all =>
        {
            all.AddComponent("background", new Background(new ScriptedCheck { Sees = Fail }, Hour(1)));
            all.AddComponent("asked", new ScriptedCheck { Sees = Fail });
        });
        await server.Service.Engine.WhenIdleAsync();
        // By the real clock, as the server has it.
        DateTimeOffset before = DateTimeOffset.UtcNow;
        string request = $"GET /{component} HTTP/1.1\r\nHost: x\r\nUser-Agent: kube-probe/1.31\r\n{accept}\r\n";

        using (RawConnection connection = await RawConnection.OpenAsync(server.Port))
        {
            await connection.SendAsync(request + request);
            await connection.ReadAnswerAsync();
            await connection.ReadAnswerAsync();
        }

        await RawConnection.AskAsync(server.Port, request);
        await RawConnection.AskAsync(server.Port, Get($"/{component}", accept));

        PollerEntry[] pollers = [.. Recorded(server).Pollers];
        pollers
            .Select(one => (one.Component, one.Address, one.Agent, one.Polls, one.Answered, one.Unanswered))
            .ShouldBe(
                [(component, "127.0.0.1", "kube-probe/1.31", 3, Fail, 0), (component, "127.0.0.1", "", 1, Fail, 0)],
                ignoreOrder: true
            );
        pollers.ShouldAllBe(one => one.First >= before.AddSeconds(-1) && one.Last >= one.First);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Accept: application/json\r\n")]
    public async Task A_poller_that_does_not_wait_for_the_answer_is_noted(string accept)
    {
        ScriptedCheck check = new() { Gate = new() };
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", check);

        using (RawConnection leaving = await RawConnection.OpenAsync(server.Port))
        {
            await leaving.SendAsync($"GET /mail HTTP/1.1\r\nHost: x\r\nUser-Agent: hasty\r\n{accept}\r\n");
            SpinWait.SpinUntil(() => check.Probes == 1, Second(30)).ShouldBeTrue();
        }

        SpinWait.SpinUntil(() => Recorded(server).Pollers is [{ Unanswered: 1 }], Second(30)).ShouldBeTrue();
        PollerEntry noted = Recorded(server).Pollers.Single();
        (noted.Agent, noted.Polls, noted.Answered).ShouldBe(("hasty", 1, null));
        check.Gate.SetResult();
    }

    [Theory]
    [InlineData("", "X-Forwarded-For: 203.0.113.9\r\n", "127.0.0.1")]
    [InlineData("127.0.0.0/8", "X-Forwarded-For: 203.0.113.9\r\n", "203.0.113.9")]
    [InlineData("127.0.0.0/8", "X-Forwarded-For: 198.51.100.1, 203.0.113.9\r\n", "203.0.113.9")]
    [InlineData("127.0.0.0/8", "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 2001:db8::1\r\n", "2001:db8::1")]
    [InlineData("127.0.0.0/8", "X-Forwarded-For: unknown\r\n", "127.0.0.1")]
    [InlineData("127.0.0.0/8", "", "127.0.0.1")]
    public async Task Behind_a_trusted_proxy_the_address_is_the_forwarded_one(
        string trusted,
        string headers,
        string address
    )
    {
        foreach (string accept in (string[])["", "Accept: application/json\r\n"])
        {
            await using HealthCheckServer server = new(port: 0, host: "127.0.0.1")
            {
                Output = TextWriter.Null,
                TrustedProxies = trusted.Length > 0 ? [trusted] : [],
            };
            server.AddComponent("mail", new Background(new ScriptedCheck(), Hour(1)));
            await server.StartAsync(TestContext.Current.CancellationToken);

            await RawConnection.AskAsync(server.Port, Get("/mail", headers + accept));
            // Not the one of before, on a connection that the proxy shares among its clients.
            await RawConnection.AskAsync(server.Port, Get("/nothing", headers + accept));

            Recorded(server).Pollers.Single().Address.ShouldBe(address);
            Recorded(server).Refused.Single().Address.ShouldBe(address);
        }
    }

    [Fact]
    public async Task Clients_that_share_a_connection_of_a_proxy_are_told_apart()
    {
        await using HealthCheckServer server = new(port: 0, host: "127.0.0.1")
        {
            Output = TextWriter.Null,
            TrustedProxies = ["127.0.0.1"],
        };
        server.AddComponent("mail", new Background(new ScriptedCheck(), Hour(1)));
        await server.StartAsync(TestContext.Current.CancellationToken);
        using RawConnection proxy = await RawConnection.OpenAsync(server.Port);

        foreach (string client in (string[])["203.0.113.1", "203.0.113.2", "203.0.113.1"])
        {
            await proxy.SendAsync($"GET /mail HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {client}\r\n\r\n");
            await proxy.ReadAnswerAsync();
        }

        Recorded(server)
            .Pollers.Select(one => (one.Address, one.Polls))
            .ShouldBe([("203.0.113.1", 2), ("203.0.113.2", 1)], ignoreOrder: true);
    }

    [Theory]
    [InlineData("GET /Mail HTTP/1.1\r\nHost: x\r\nUser-Agent: LB\r\n\r\n", 404, "LB", "GET /Mail")]
    [InlineData("GET /none?token=secret HTTP/1.1\r\nHost: x\r\n\r\n", 404, "", "GET /none?…")]
    [InlineData("PUT /mail HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405, "", "PUT /mail")]
    [InlineData("GET /mail HTTP/1.1\r\n\r\n", 400, "", "GET /mail: ")]
    [InlineData("GET /mail HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400, "", "GET /mail: ")]
    [InlineData("\x16\x03\x01\x02\x00\r\n\r\n", 400, "", "")]
    [InlineData("GET /%1b[31m HTTP/1.1\r\nHost: x\r\n\r\n", 404, "", "GET /%1b[31m")]
    public async Task What_is_refused_is_noted(string request, int status, string agent, string noted)
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());

        for (int i = 0; i < 3; i++)
        {
            (await RawConnection.AskAsync(server.Port, request)).Status.ShouldBe(status);
        }

        SpinWait.SpinUntil(() => Recorded(server).Refused is [{ Times: 3 }], Second(30)).ShouldBeTrue();
        RefusedEntry refused = Recorded(server).Refused.Single();
        (refused.Address, refused.Status, refused.Agent).ShouldBe(("127.0.0.1", status, agent));
        refused.Request.ShouldStartWith(noted);
        refused.Request.ShouldNotContain("secret");
        refused.Request.ShouldAllBe(character => !char.IsControl(character));
        Recorded(server).Pollers.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_last_64_different_ones_are_kept_the_newest_first()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);

        for (int i = 0; i < 100; i++)
        {
            await connection.SendAsync($"GET /{new string('x', 5000)}{i} HTTP/1.1\r\nHost: x\r\n\r\n");
            await connection.ReadAnswerAsync();
            await connection.SendAsync($"GET /{i} HTTP/1.1\r\nHost: x\r\n\r\n");
            await connection.ReadAnswerAsync();
        }

        SpinWait.SpinUntil(() => Recorded(server).Refused is [{ Request: "GET /99" }, ..], Second(30)).ShouldBeTrue();
        RefusedEntry[] refused = [.. Recorded(server).Refused];
        refused.Length.ShouldBe(RefusedRequests.Most);
        refused.Count(one => one.Request.StartsWith("GET /xxx", StringComparison.Ordinal)).ShouldBe(1);
        refused.ShouldAllBe(one => one.Request.Length <= 201);
    }

    [Fact]
    public async Task A_poller_over_a_Unix_socket_has_no_address()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");
        string path = Path.Combine(Path.GetTempPath(), $"failover-{Guid.NewGuid():N}");
        await using HealthService service = new(BootTime.Instance);
        service.Add(new("mail", new Background(new ScriptedCheck(), Hour(1))));
        service.Start(_ => { }, _ => { });
        HealthEndpoint endpoint = new(service);
        await using Listener listener = new(
            new ListenAddress(Host: null, Port: 0, path),
            http => endpoint.HandleAsync(http, prefix: ""),
            new ConnectionBudget(10),
            polls: service
        );
        await listener.StartAsync(TestContext.Current.CancellationToken);

        await RawConnection.AskAsync(new UnixDomainSocketEndPoint(path), Get("/mail"));
        await RawConnection.AskAsync(new UnixDomainSocketEndPoint(path), Get("/mail", "Accept: application/json\r\n"));

        Poller one = service.Components.Single().Pollers.All.Single();
        (one.Address.ToString(), one.Polls).ShouldBe(("a Unix socket", 2));
    }
}
