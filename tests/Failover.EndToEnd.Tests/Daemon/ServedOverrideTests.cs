using System.Text;
using System.Text.Json;

namespace Failover;

/// <summary>Overrides of a daemon that is killed, and what goes on while its history cannot be stored.</summary>
public sealed class ServedOverrideTests
{
    [Fact]
    public async Task Overrides_and_who_set_them_outlive_a_kill()
    {
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            access: {operate: PASSWORDS}
            components:
              mail: {tcp: "127.0.0.1:{{target.Port}}"}
              web: {tcp: "127.0.0.1:{{target.Port}}"}
            """
        );
        JsonElement before;
        await using (RunningDaemon first = await files.ServeAsync())
        {
            (await PutAsync(first, "mail", """{"kind": "fail", "reason": "new disk", "for_seconds": 3600}""")).ShouldBe(
                200
            );
            (await PutAsync(first, "web", """{"kind": "fail", "reason": "a mistake"}""")).ShouldBe(200);
            (await ClearAsync(first, "web")).ShouldBe(200);
            before = await first.ReadAsync("overrides");
            await first.KillAsync();
        }

        await using RunningDaemon second = await files.ServeAsync();
        (await second.PollAsync("mail")).ShouldBe("FAIL");
        (await second.PollAsync("web")).ShouldBe("OK");
        JsonElement after = (await second.ReadAsync("overrides")).GetProperty("overrides").EnumerateArray().Single();
        JsonElement set = before.GetProperty("overrides").EnumerateArray().Single();
        foreach (string field in new[] { "component", "kind", "state", "reason", "user", "since" })
        {
            after.GetProperty(field).GetString().ShouldBe(set.GetProperty(field).GetString(), field);
        }

        (await second.ReadAsync("history"))
            .GetProperty("posts")
            .EnumerateArray()
            .Select(post =>
                $"{post.GetProperty("component").GetString()}: {post.GetProperty("user").GetString()}, {post.GetProperty("outcome").GetString()}"
            )
            .ShouldBe([
                "web: alice, override cleared",
                "web: alice, override fail for 1h: a mistake",
                "mail: alice, override fail for 1h: new disk",
            ]);
        (await ClearAsync(second, "mail")).ShouldBe(200);
        (await second.PollAsync("mail")).ShouldBe("OK");
    }

    [Fact]
    public async Task Without_space_for_the_history_latches_resets_and_the_page_go_on()
    {
        using LatchedComponent mail = new("mail");
        using DaemonFiles files = await DaemonFiles.WithAsync("components: {}");
        string folder = Path.Combine(files.Folder, "disk");
        await using PrivateDisk disk = await PrivateDisk.OnAsync(folder, "512k");
        disk.Fill();
        files.Write($"history: {folder}/history.db\ncomponents:\n{mail.Yaml}");

        await using RunningDaemon daemon = await files.ServeAsync(disk.Under);
        JsonElement status = await Eventually.GetAsync(
            () => daemon.ReadAsync("status"),
            seen => seen.GetProperty("history").GetProperty("problem").ValueKind == JsonValueKind.String,
            "a problem with the history"
        );
        status.GetProperty("state_store").GetProperty("problem").ValueKind.ShouldBe(JsonValueKind.Null);
        await mail.FailAsync(daemon);
        mail.IsLatched.ShouldBeTrue();
        await mail.ResetAsync(daemon);
        mail.IsLatched.ShouldBeFalse();
        (await RawConnection.GetAsync(daemon.ManagementPort, "/-/")).Status.ShouldBe(200);
    }

    private static Task<int> PutAsync(RunningDaemon daemon, string name, string body) =>
        AskAsync(daemon, "PUT", name, body);

    private static Task<int> ClearAsync(RunningDaemon daemon, string name) => AskAsync(daemon, "DELETE", name, "");

    private static async Task<int> AskAsync(RunningDaemon daemon, string method, string name, string body)
    {
        string login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{DaemonFiles.User}:{DaemonFiles.Password}"));
        RawAnswer answer = await RawConnection.AskAsync(
            daemon.ManagementPort,
            $"{method} /-/api/v1/overrides/{name} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {login}\r\nIf-Match: *\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
        return answer.Status;
    }
}
