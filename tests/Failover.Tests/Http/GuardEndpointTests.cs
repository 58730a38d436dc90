using System.Text;

namespace Failover;

/// <summary>The release of a guard over HTTP, in raw bytes, with a password file that htpasswd wrote.</summary>
public sealed class GuardEndpointTests : IAsyncLifetime
{
    private readonly string passwords = Path.GetTempFileName();
    private readonly StringWriter output = new() { NewLine = "\n" };
    private HealthCheckServer server = null!;
    private Guard web = null!;
    private volatile bool isUp = true;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Alice { get; } =
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("alice:open sésame"))}\r\n";

    public async ValueTask InitializeAsync()
    {
        await Htpasswd.RunAsync("-cbB", "-C", "4", passwords, "alice", "open sésame");
        server = new(port: 0, host: "127.0.0.1") { Output = output };
        web = new("web", maxFailing: 1, auth: new HtpasswdFile(passwords));
        foreach (string name in (string[])["a", "b", "c"])
        {
            server.AddComponent(name, new DelegateCheck(_ => Task.FromResult(isUp)), guard: web);
        }

        await server.StartAsync(Cancel);
        (await PollAsync()).ShouldBe("OK OK OK");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        File.Delete(passwords);
    }

    [Fact]
    public async Task An_authorised_user_ends_the_delay()
    {
        isUp = false;
        (await PollAsync()).ShouldBe("FAIL OK OK");

        (await PostAsync("web", "")).Status.ShouldBe(401);
        (await PollAsync()).ShouldBe("FAIL OK OK");
        RawAnswer answer = await PostAsync("web", Alice);
        (answer.Status, answer.Body).ShouldBe((200, "Released"));
        (await PollAsync()).ShouldBe("FAIL FAIL FAIL");
        (await PostAsync("web", Alice)).Body.ShouldBe("Nothing to release");

        await server.StopAsync(Cancel);
        string log = output.ToString();
        log.ShouldContain(
            "guard web tripped: 2 of 3 components fail, and at most 1 may; moves to fail are delayed for up to 10m\n"
        );
        log.ShouldContain("guard web was released, and delays moves to fail no longer: 3 of 3 components fail\n");
        log.ShouldContain("/-/guards/web POST by alice from 127.0.0.1: Released\n");
        log.ShouldContain("/-/guards/web POST by nobody from 127.0.0.1: ");
    }

    [Fact]
    public async Task A_user_that_a_reload_has_removed_while_the_body_arrives_is_refused()
    {
        string others = Path.GetTempFileName();
        await Htpasswd.RunAsync("-cbB", "-C", "4", others, "bob", "secret");
        isUp = false;
        (await PollAsync()).ShouldBe("FAIL OK OK");
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);
        await connection.SendAsync(
            $"POST /-/guards/web HTTP/1.1\r\nHost: localhost\r\n{Alice}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        );
        (await connection.ReadAnswerAsync()).Status.ShouldBe(100, "the body is awaited");

        ComponentDescription[] served = [.. server.Service.Components.Select(component => component.Description)];
        Guard narrowed = new("web", maxFailing: 1, auth: new HtpasswdFile(others));
        server.Service.Replace(
            [
                .. served.Select(component => component with { Guard = narrowed }),
                new("backup", new HeartbeatCheck(every: Hour(1), auth: web.Auth)),
            ],
            Graph.NoNames
        );

        await connection.SendAsync("ok");
        (await connection.ReadAnswerAsync()).Status.ShouldBe(401);
        (await PollAsync()).ShouldBe("FAIL OK OK");
        File.Delete(others);
    }

    [Fact]
    public async Task In_code_it_is_released_as_well()
    {
        isUp = false;
        (await PollAsync()).ShouldBe("FAIL OK OK");

        server.Release(web).ShouldBeTrue();

        (await PollAsync()).ShouldBe("FAIL FAIL FAIL");
        server.Release(web).ShouldBeFalse();
    }

    [Fact]
    public async Task There_is_nothing_to_read_and_no_other_guard()
    {
        RawAnswer answer = await RawConnection.GetAsync(server.Port, "/-/guards/web");
        answer.Status.ShouldBe(405);
        answer.Head.ShouldContain("\r\nAllow: POST\r\n");
        (await PostAsync("mail", Alice)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Two_guards_of_one_name_are_refused()
    {
        await using HealthCheckServer other = new(port: 0);
        other.AddComponent("a", new DelegateCheck(_ => Task.FromResult(true)), guard: new("web", maxFailing: 1));

        Should
            .Throw<ArgumentException>(() =>
                other.AddComponent("b", new DelegateCheck(_ => Task.FromResult(true)), guard: new("web", maxFailing: 2))
            )
            .Message.ShouldStartWith("guard is \"web\", and that of \"a\" has this name, too, and differs");
    }

    private Task<RawAnswer> PostAsync(string name, string headers) =>
        RawConnection.AskAsync(
            server.Port,
            $"POST /-/guards/{name} HTTP/1.1\r\nHost: localhost:{server.Port}\r\n{headers}Content-Length: 0\r\n\r\n"
        );

    private async Task<string> PollAsync()
    {
        List<string> answers = [];
        foreach (string name in (string[])["a", "b", "c"])
        {
            answers.Add((await RawConnection.GetAsync(server.Port, $"/{name}")).Body);
        }

        return string.Join(' ', answers);
    }
}
