using System.Globalization;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>OpenSSL takes 4 MB: a daemon that needs none has none. One that may need it loads it at the start or in a reload: where that fails
/// later, .NET ends the process.</summary>
[SupportedOSPlatform("linux")]
public sealed class LoadedLibraryTests
{
    private const string Library = "libcrypto";

    // Nothing is computed with its token before somebody comes with one.
    private const string Heartbeat =
        "  job: {heartbeat: {every: 1h, grace: 5m, token: 0123456789abcdef0123456789abcdef}}\n";

    [Fact]
    public async Task OpenSSL_is_not_loaded_where_connections_are_all_that_is_checked_until_a_reload_may_need_it()
    {
        using Target up = Target.Started();
        string components =
            "components:\n" + string.Concat(Enumerable.Range(1, 5).Select(number => Component($"web{number}", up)));
        using DaemonFiles files = await DaemonFiles.WithAsync(components);
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("web1", "OK");
        await daemon.PollUntilAsync("web5", "OK");
        (await RawConnection.GetAsync(daemon.ManagementPort, "/-/")).Status.ShouldBe(200);
        await daemon.ReadAsync("status");

        Libraries(daemon).ShouldNotContain(Library);

        files.Write(components + Heartbeat);
        await daemon.Process.LineAsync("reloaded ");
        Libraries(daemon).ShouldContain(Library);
    }

    [Theory]
    [InlineData(Heartbeat)]
    [InlineData(
        "  mail: {toggle: {to_fail: {tcp: 127.0.0.1:1}, to_ok: {oneshot: {auth: PASSWORDS}}}, on_post: to_ok.fire}\n"
    )]
    public async Task OpenSSL_is_loaded_at_the_start_where_there_is_a_token_or_a_password_file(string component)
    {
        using DaemonFiles files = await DaemonFiles.WithAsync("components:\n" + component);
        await using RunningDaemon daemon = await files.ServeAsync();

        Libraries(daemon).ShouldContain(Library);
    }

    private static string Component(string name, Target target) =>
        string.Create(CultureInfo.InvariantCulture, $"  {name}: {{tcp: 127.0.0.1:{target.Port}, interval: 50ms}}\n");

    private static string Libraries(RunningDaemon daemon) => File.ReadAllText($"/proc/{daemon.Process.Id}/maps");
}
