using System.Net;

namespace Failover;

/// <summary>Notifications of a daemon: told in any case, whatever becomes of it, its disk and its receivers.</summary>
public sealed class NotifyingDaemonTests
{
    private const int Killed = 128 + 9;

    private static readonly TimeSpan LongestStop = Second(10);

    [Fact]
    public async Task What_a_receiver_did_not_take_is_told_after_a_kill()
    {
        using Hook hook = new() { Answer = HttpStatusCode.ServiceUnavailable };
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(Yaml(hook, target));
        await using (RunningDaemon first = await files.ServeAsync())
        {
            await first.PollUntilAsync("mail", "OK");
            target.Stop();
            await first.PollUntilAsync("mail", "FAIL");
            await first.Process.LineAsync("notifications on route hook are not taken: status 503");
            await first.KillAsync();
        }

        hook.Answer = HttpStatusCode.OK;
        await using RunningDaemon second = await files.ServeAsync();
        await hook.KnowsAsync("/mail", isWrong: true, second);
        target.Start();
        await hook.KnowsAsync("/mail", isWrong: false, second);
        hook.Words.ShouldBe(["firing /mail", "resolved /mail"]);
        hook.Told.Select(one => one.GetProperty("data").GetProperty("alarm").GetString())
            .Distinct()
            .Count()
            .ShouldBe(1);
    }

    [Fact]
    public Task A_kill_at_a_write_loses_no_notification() => KillAtEachAsync(step: 4, atLeast: 3);

    /// <summary><c>./build.sh soak --kills</c></summary>
    [Fact(Explicit = true)]
    public Task A_kill_at_any_write_loses_no_notification() => KillAtEachAsync(step: 1, atLeast: 12);

    [Fact]
    public async Task On_a_full_disk_people_hear_of_it_and_of_what_fails()
    {
        using Hook hook = new();
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync("components: {}");
        string folder = Path.Combine(files.Folder, "disk");
        await using PrivateDisk disk = await PrivateDisk.OnAsync(folder, "512k");
        files.Write($"state: {folder}/state.db\nhistory: off\n{Yaml(hook, target)}");
        await using RunningDaemon daemon = await files.ServeAsync(disk.Under);
        await daemon.PollUntilAsync("mail", "OK");
        disk.Fill();

        target.Stop();

        await hook.KnowsAsync("/mail", isWrong: true, daemon);
        await hook.KnowsAsync("state store", isWrong: true, daemon);
        (await daemon.PollAsync("mail")).ShouldBe("FAIL");
        disk.Free();
        await hook.KnowsAsync("state store", isWrong: false, daemon);
    }

    [Fact]
    public async Task A_rejected_configuration_is_told_until_one_is_taken_and_a_new_route_hears_what_is_wrong()
    {
        using Hook hook = new();
        using Hook other = new();
        using Target target = new();
        using DaemonFiles files = await DaemonFiles.WithAsync(Yaml(hook, target));
        await using RunningDaemon daemon = await files.ServeAsync();
        await hook.KnowsAsync("/mail", isWrong: true, daemon);

        files.Write("components: [");
        daemon.Reload();
        await hook.KnowsAsync("configuration", isWrong: true, daemon);
        files.Write(
            Yaml(hook, target)
                .Replace("hook: {", $"other: {{webhook: \"{other.Url}\"}}\n    hook: {{", StringComparison.Ordinal)
        );
        daemon.Reload();
        await other.KnowsAsync("/mail", isWrong: true, daemon);
        await hook.KnowsAsync("configuration", isWrong: false, daemon);
        hook.Words.ShouldBe(["firing /mail", "firing configuration", "resolved configuration"]);
    }

    // Each run goes through the same writes and is killed later than the one before.
    private static async Task KillAtEachAsync(int step, int atLeast)
    {
        using Hook hook = new();
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(Yaml(hook, target));
        await using (RunningDaemon daemon = await files.ServeAsync())
        {
            await daemon.PollUntilAsync("mail", "OK");
            await daemon.StopAsync();
        }

        int kills = 0;
        while (!await HasOutlivedAsync(files, hook, target, 1 + (kills * step)))
        {
            kills++;
            await using RunningDaemon next = await files.ServeAsync();
            await next.PollUntilAsync("mail", "FAIL");
            await hook.KnowsAsync("/mail", isWrong: true, next);
            target.Start();
            await hook.KnowsAsync("/mail", isWrong: false, next);
            await next.StopAsync();
        }

        kills.ShouldBeGreaterThan(atLeast);
    }

    private static async Task<bool> HasOutlivedAsync(DaemonFiles files, Hook hook, Target target, int write)
    {
        await using ChildProcess process = files.Start(Strace.KillAt("pwrite64", write));
        try
        {
            RunningDaemon daemon = await RunningDaemon.WhenServingAsync(process);
            target.Stop();
            await Eventually.IsAsync(
                () => process.HasEnded || hook.Known.Contains("/mail"),
                $"a notification of {process}"
            );
            process.TrySignal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        }
        catch (DaemonDiedException) { }

        target.Stop();
        int code = await process.ExitCodeAsync(LongestStop);
        code.ShouldBeOneOf([0, Killed], process.ToString());
        return code == 0;
    }

    private static string Yaml(Hook hook, Target target) =>
        $$"""
            notifications:
              routes:
                hook: {webhook: "{{hook.Url}}"}
            components:
              mail: {tcp: "127.0.0.1:{{target.Port}}", interval: 200ms}
            """;
}
