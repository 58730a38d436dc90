using System.Globalization;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>OpenSSL takes 4 MB: a daemon that needs none has none. One that may need it loads it at the start: where that fails later, .NET ends
/// the process.</summary>
[SupportedOSPlatform("linux")]
public sealed class LoadedLibraryTests
{
    private const string Library = "libcrypto";

    [Fact]
    public async Task OpenSSL_is_not_loaded_where_connections_are_all_that_is_checked()
    {
        using Target up = Target.Started();
        string components = string.Join('\n', Enumerable.Range(1, 5).Select(number => Component($"web{number}", up)));
        using DaemonFiles files = await DaemonFiles.WithAsync($"components:\n{components}\n");
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("web1", "OK");
        await daemon.PollUntilAsync("web5", "OK");
        (await RawConnection.GetAsync(daemon.ManagementPort, "/-/")).Status.ShouldBe(200);
        await daemon.ReadAsync("status");

        Libraries(daemon).ShouldNotContain(Library);
    }

    [Fact]
    public async Task OpenSSL_is_loaded_at_the_start_where_there_is_a_password_file()
    {
        using Target up = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $$$"""
                components:
                  mail:
                    toggle:
                      to_fail: {hysteresis: {task: {tcp: 127.0.0.1:{{{up.Port}}}}, initial_state: ok, fail_after: 2}}
                      to_ok: {oneshot: {auth: PASSWORDS}}
                    on_post: to_ok.fire
                """
            )
        );
        await using RunningDaemon daemon = await files.ServeAsync();

        Libraries(daemon).ShouldContain(Library);
    }

    private static string Component(string name, Target target) =>
        string.Create(CultureInfo.InvariantCulture, $"  {name}: {{tcp: 127.0.0.1:{target.Port}, interval: 50ms}}");

    private static string Libraries(RunningDaemon daemon) => File.ReadAllText($"/proc/{daemon.Process.Id}/maps");
}
