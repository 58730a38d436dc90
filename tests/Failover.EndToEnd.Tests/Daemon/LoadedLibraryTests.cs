using System.Globalization;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>OpenSSL takes 4 MB: a daemon that needs none has none.</summary>
[SupportedOSPlatform("linux")]
public sealed class LoadedLibraryTests
{
    [Fact]
    public async Task OpenSSL_is_loaded_by_the_first_log_in_and_not_by_checks_the_state_file_and_the_page()
    {
        using Target up = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $$$"""
                components:
                  web: {tcp: 127.0.0.1:{{{up.Port}}}, interval: 50ms}
                  mail:
                    toggle:
                      to_fail: {hysteresis: {task: {tcp: 127.0.0.1:{{{up.Port}}}}, initial_state: ok, fail_after: 2}}
                      to_ok: {oneshot: {auth: PASSWORDS}}
                    on_post: to_ok.fire
                """
            )
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("web", "OK");
        (await daemon.PollAsync("mail")).ShouldBe("OK");
        (await RawConnection.GetAsync(daemon.ManagementPort, "/-/")).Status.ShouldBe(200);
        await daemon.ReadAsync("status");

        Libraries(daemon).ShouldNotContain("libcrypto");

        await daemon.PostAsync("mail");
        Libraries(daemon).ShouldContain("libcrypto");
    }

    private static string Libraries(RunningDaemon daemon) => File.ReadAllText($"/proc/{daemon.Process.Id}/maps");
}
