namespace Failover;

/// <summary>The reason of a latch may hold a secret that has been replaced since: nobody is told it, and the state file does not hold it.</summary>
public sealed class SecretInStateTests
{
    [Fact]
    public async Task An_old_secret_in_the_reason_of_a_latch_is_told_nowhere()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync("components: {}");
        string secret = Path.Combine(files.Folder, "host");
        // A spelling that no message uses.
        await File.WriteAllTextAsync(secret, "0:0:0:0:0:FFFF:127.0.0.77", TestContext.Current.CancellationToken);
        files.Write(
            "components: {mail: {toggle: {to_fail: {hysteresis: {task: {tcp: {host: \"${file:host}\", port: 1}}}}, to_ok: {oneshot: {auth: PASSWORDS}}}, on_post: to_ok.fire}}"
        );
        await using (RunningDaemon daemon = await files.ServeAsync())
        {
            await daemon.PollUntilAsync("mail", "FAIL");
            await File.WriteAllTextAsync(secret, "127.0.0.78", TestContext.Current.CancellationToken);
            await using ChildProcess reload = DaemonFiles.StartCommand("reload", files.Configuration);
            (await reload.ExitCodeAsync(Second(30))).ShouldBe(0, reload.ToString());

            (await daemon.StatusOfAsync("mail")).ToString().ShouldNotContain("127.0.0.7");
            await daemon.StopAsync();
        }

        foreach (string file in Directory.GetFiles(files.Folder, "state.db*"))
        {
            byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            System.Text.Encoding.Latin1.GetString(bytes).ShouldNotContain("127.0.0.7", customMessage: file);
        }

        await using RunningDaemon next = await files.ServeAsync();
        (await next.PollAsync("mail")).ShouldBe("FAIL");
        string status = (await next.StatusOfAsync("mail")).ToString();
        status.ShouldNotContain("127.0.0.7");
        status.ShouldContain("${file:host}");
    }
}
