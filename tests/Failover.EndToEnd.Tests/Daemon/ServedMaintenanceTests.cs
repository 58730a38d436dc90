using System.Globalization;
using System.Text.Json;

namespace Failover;

/// <summary>A daemon in a maintenance window, from the file to what pollers and people read.</summary>
public sealed class ServedMaintenanceTests
{
    private static readonly TimeSpan Patience = Second(30);

    [Fact]
    public async Task A_window_is_served_shown_and_ended_by_a_reload()
    {
        using Target target = Target.Started();
        string components = $$"""
            reload: signal
            components:
              mail: {tcp: "127.0.0.1:{{target.Port}}", interval: 1s}
              web: {tcp: "127.0.0.1:{{target.Port}}", interval: 1s}
            """;
        // The daemon is a process of its own: its clock is the real one.
        string start = (DateTimeOffset.UtcNow - Minute(5)).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            maintenance:
              move: {components: m*, start: {{start}}, duration: 1h, state: fail, reason: new rack}
            {{components}}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();

        string url = FormattableString.Invariant($"http://127.0.0.1:{daemon.ManagementPort}");

        await daemon.PollUntilAsync("web", "OK");
        (await daemon.PollAsync("mail")).ShouldBe("FAIL");
        await Eventually.GetAsync(() => BeneathAsync(daemon), state => state == "ok", "an ok beneath");
        (await CommandAsync("status", "--url", url)).ShouldContain("\nmaintenance of mail: move, fail until ");
        string explained = await CommandAsync("explain", "mail", "--url", url);
        explained.ShouldContain("\nmaintenance: move, fail until ");
        explained.ShouldContain("\nwithout it: ok");
        await daemon.Process.LineAsync("maintenance move opened: move, fail until ");

        files.Write(components);
        (await CommandAsync("check", "--diff", "--url", url, files.Configuration)).ShouldContain(
            "~ maintenance: move (start "
        );
        (await CommandAsync("reload", files.Configuration)).ShouldStartWith("reloaded");
        (await daemon.PollAsync("mail")).ShouldBe("OK");
        await Eventually.GetAsync(
            () => CommandAsync("history", "--url", url),
            history => history.Contains("maintenance closed: move, fail until ", StringComparison.Ordinal),
            "the end in the audit"
        );
    }

    private static async Task<string?> BeneathAsync(RunningDaemon daemon)
    {
        JsonElement maintenance = (await daemon.ReadAsync("components/mail")).GetProperty("maintenance");
        return maintenance.GetProperty("beneath").GetProperty("state").GetString();
    }

    private static async Task<string> CommandAsync(params string[] words)
    {
        await using ChildProcess command = DaemonFiles.StartCommand(words);
        int code = await command.ExitCodeAsync(Patience);
        command.Errors.ShouldBeEmpty();
        code.ShouldBe(0);
        return command.Output;
    }
}
