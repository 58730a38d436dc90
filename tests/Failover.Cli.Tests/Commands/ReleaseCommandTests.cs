using System.Globalization;

namespace Failover;

public sealed class ReleaseCommandTests : IAsyncLifetime
{
    private readonly CommandUnderTest command = new();
    private HealthCheckServer server = null!;
    private volatile bool isUp = true;

    private string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}");

    public async ValueTask InitializeAsync()
    {
        command.Write(await Htpasswd.LineAsync("alice", "secret", "-B", "-C", "4"), "users");
        command.TypedPassword = "secret";
        server = new(port: 0, host: "127.0.0.1") { Output = TextWriter.Null };
        Guard guard = new("web", maxFailing: 1, auth: new HtpasswdFile(command["users"]));
        foreach (string name in (string[])["a", "b", "c"])
        {
            server.AddComponent(name, new DelegateCheck(_ => Task.FromResult(isUp)), guard: guard);
        }

        server.AddComponent("d", new DelegateCheck(_ => Task.FromResult(isUp)), guard: new("closed", maxFailing: 1));
        await server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        command.Dispose();
    }

    [Fact]
    public async Task Somebody_who_may_ends_the_delay()
    {
        (await PollAsync()).ShouldBe("200 200 200");
        isUp = false;
        (await PollAsync()).ShouldBe("503 200 200");

        (await command.RunAsync("release", "web", "--url", Url)).ShouldBe(0);

        command.Output.ShouldBe("guard web: released; moves to fail are served now\n");
        command.Question.ShouldBe($"Password of alice at {Url}: ");
        (await PollAsync()).ShouldBe("503 503 503");
    }

    [Fact]
    public async Task A_guard_that_delays_nothing_is_said_so()
    {
        (await command.RunAsync("release", "web", "--url", Url)).ShouldBe(0);

        command.Output.ShouldBe("guard web: delays nothing at present\n");
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("closed")]
    public async Task A_guard_that_nobody_may_release_is_an_error(string name)
    {
        (await command.RunAsync("release", name, "--url", Url)).ShouldBe(64);

        command.Error.ShouldBe($"failover: unknown guard {name}, or one that nobody may release (it has no auth)\n");
    }

    [Fact]
    public async Task A_wrong_password_is_not_allowed()
    {
        command.TypedPassword = "guess";

        (await command.RunAsync("release", "web", "--url", Url)).ShouldBe(77);

        command.Error.ShouldBe("failover: guard web: wrong user or password (alice)\n");
    }

    private async Task<string> PollAsync()
    {
        using HttpClient client = new();
        List<string> codes = [];
        foreach (string name in (string[])["a", "b", "c"])
        {
            using HttpResponseMessage answer = await client.GetAsync(
                new Uri($"{Url}/{name}"),
                TestContext.Current.CancellationToken
            );
            codes.Add(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture));
        }

        return string.Join(' ', codes);
    }
}
