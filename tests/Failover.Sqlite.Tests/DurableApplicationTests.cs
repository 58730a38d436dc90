using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>An ASP.NET Core application that keeps its state in a file, and a server in code that does.</summary>
public sealed class DurableApplicationTests : IDisposable
{
    private readonly StateFolder folder = new();
    private bool isUp = true;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Passwords => Path.Combine(folder.Place, "users");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_latch_and_its_reset_outlive_the_application()
    {
        await Htpasswd.RunAsync("-cbB", "-C", "4", Passwords, "alice", "secret");
        await using (WebApplication first = await StartAsync())
        {
            isUp = false;
            (await GetAsync(first)).ShouldBe(HttpStatusCode.ServiceUnavailable);
            await first.StopAsync(Cancel);
        }

        isUp = true;
        await using (WebApplication second = await StartAsync())
        {
            (await GetAsync(second)).ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await PostAsync(second)).ShouldBe("Armed");
            (await GetAsync(second)).ShouldBe(HttpStatusCode.OK);
            await second.StopAsync(Cancel);
        }

        await using WebApplication third = await StartAsync();
        (await GetAsync(third)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_application_whose_state_file_is_in_use_does_not_start()
    {
        await using WebApplication first = await StartAsync();

        (await Should.ThrowAsync<StateStoreException>(StartAsync)).Message.ShouldBe(
            $"state file {folder.File} cannot be used: it is in use by this process"
        );
        (await GetAsync(first)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_second_store_is_refused()
    {
        await using SqliteStateStore second = new(folder.File);
        ServiceCollection services = new();
        services.AddFailover(failover => failover.KeepStateIn(new SqliteStateStore(folder.File)));

        Should
            .Throw<InvalidOperationException>(() => services.AddFailover(failover => failover.KeepStateIn(second)))
            .Message.ShouldBe("state is kept in another store already; accepted: one KeepStateIn");
    }

    [Fact]
    public async Task A_server_in_code_has_the_lines_of_its_store_in_its_output()
    {
        using StringWriter output = new();
        await File.WriteAllTextAsync(folder.File, "damaged", Cancel);
        SqliteStateStore state = new(folder.File);
        await using HealthCheckServer server = new(port: 0, host: "127.0.0.1", state: state) { Output = output };
        server.AddComponent("mail", new DelegateCheck(() => isUp));
        await server.StartAsync(Cancel);
        foreach (string file in Directory.GetFiles(folder.Place, "state.db*"))
        {
            File.Delete(file);
        }

        (await state.CommitAsync(new("op"))).Outcome.ShouldNotBe(CommitOutcome.Committed);
        await server.StopAsync(Cancel);

        output.ToString().ShouldContain($" warning: state file {folder.File}: it was removed while it was in use");
    }

    private async Task<WebApplication> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        Oneshot reset = new(auth: new HtpasswdFile(Passwords));
        builder.Services.AddFailover(failover =>
            failover
                .AddComponent("mail", new Toggle(toFail: new DelegateCheck(() => isUp), toOk: reset), reset.Fire)
                .KeepStateIn(new SqliteStateStore(folder.File))
        );
        WebApplication application = builder.Build();
        application.MapFailover("/health");
        try
        {
            await application.StartAsync(Cancel);
            return application;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    private static async Task<HttpStatusCode> GetAsync(WebApplication application)
    {
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };
        using HttpResponseMessage answer = await client.GetAsync("/health/mail", Cancel);
        return answer.StatusCode;
    }

    private static async Task<string> PostAsync(WebApplication application)
    {
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes("alice:secret"))
        );
        using HttpResponseMessage answer = await client.PostAsync("/health/mail", content: null, Cancel);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }
}
