namespace Failover;

/// <summary><c>failover reload</c> tells what came of it, in its text and its exit code.</summary>
public sealed class ReloadOutcomeTests : IAsyncLifetime
{
    private const string One = "components: {one: {tcp: \"127.0.0.1:1\"}}";

    private static readonly TimeSpan Patience = Second(30);

    private DaemonFiles? files;

    private DaemonFiles Files => files ?? throw new InvalidOperationException("not made");

    public async ValueTask InitializeAsync() => files = await DaemonFiles.WithAsync($"reload: signal\n{One}");

    public ValueTask DisposeAsync()
    {
        Files.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_is_taken_is_in_force_when_the_command_ends()
    {
        await using RunningDaemon daemon = await Files.ServeAsync();
        for (int i = 0; i < 5; i++)
        {
            Files.Write($"reload: signal\ncomponents: {{two{i}: {{tcp: \"127.0.0.1:1\"}}}}");

            (await ReloadAsync()).ShouldBe((0, $"reloaded {Files.Configuration}\n", ""));

            (await daemon.PollAsync($"two{i}")).ShouldBe("FAIL");
        }
    }

    [Fact]
    public async Task What_is_rejected_is_told_with_its_errors_also_the_second_time()
    {
        await using RunningDaemon daemon = await Files.ServeAsync();
        Files.Write($"reload: signal\nlistn: 1\n{One}");
        for (int i = 0; i < 2; i++)
        {
            (int code, string output, string errors) = await ReloadAsync();

            errors.ShouldBe(
                $"""
                {Files.Configuration}:5:1: unknown key "listn"
                  accepted: access, agent, components, connections, defaults, guards, history, include, listen, maintenance, management, notifications, otlp, probes, reload, state, tasks, tls, track_files, trusted_proxies
                  did you mean "listen"?
                failover: reload rejected: {Files.Configuration}; keeping the running configuration

                """
            );
            output.ShouldBeEmpty();
            code.ShouldBe(78);
        }

        (await daemon.PollAsync("one")).ShouldBe("FAIL");
        Files.Write($"reload: signal\n{One}");
        (await ReloadAsync()).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_management_address_the_log_is_named()
    {
        Files.Write($"management: off\nreload: signal\n{One}");
        await using ChildProcess daemon = Files.Start();
        await daemon.LineAsync("serves ");
        Files.Write("nonsense");

        (await ReloadAsync()).ShouldBe(
            (
                78,
                "",
                $"failover: reload rejected: {Files.Configuration}; keeping the running configuration; the daemon's log says why\n"
            )
        );

        Files.Write($"management: off\nreload: signal\n{One}");
        (await ReloadAsync()).ShouldBe((0, $"reloaded {Files.Configuration}\n", ""));
    }

    [Fact]
    public async Task What_takes_a_restart_is_told()
    {
        await using RunningDaemon daemon = await Files.ServeAsync();
        Files.Write($"state: {{file: {Files.State}, max_age: 2h}}\n{One}");

        (await ReloadAsync()).Output.ShouldBe(
            $"reloaded {Files.Configuration}\nrestart needed: state: another file or age needs a restart\n"
        );
    }

    [Fact]
    public async Task Without_a_daemon_nothing_is_signalled()
    {
        (await ReloadAsync()).ShouldBe(NotRunning);

        await using RunningDaemon daemon = await Files.ServeAsync();
        await daemon.KillAsync();

        // The file that it left behind names a process that has ended, or a later one of that number.
        (await ReloadAsync()).ShouldBe(NotRunning);
    }

    [Fact]
    public async Task With_signal_a_changed_file_waits_for_it_and_with_watch_it_does_not()
    {
        await using RunningDaemon daemon = await Files.ServeAsync();
        Files.Write("reload: signal\ncomponents: {two: {tcp: \"127.0.0.1:1\"}}");
        // Real time: a watched file is taken within 2 s.
        await Task.Delay(Second(4), TimeProvider.System, TestContext.Current.CancellationToken);
        (await daemon.PollAsync("one")).ShouldBe("FAIL");

        Files.Write("reload: watch\ncomponents: {three: {tcp: \"127.0.0.1:1\"}}");
        (await ReloadAsync()).Code.ShouldBe(0);
        (await daemon.PollAsync("three")).ShouldBe("FAIL");

        Files.Write("components: {four: {tcp: \"127.0.0.1:1\"}}");
        await daemon.PollUntilAsync("four", "FAIL");
    }

    private (int, string, string) NotRunning =>
        (
            69,
            "",
            $"failover: no daemon of {Files.Configuration} is known to run here, for this user or for the system\n"
        );

    private async Task<(int Code, string Output, string Errors)> ReloadAsync()
    {
        await using ChildProcess command = DaemonFiles.StartCommand("reload", Files.Configuration);
        int code = await command.ExitCodeAsync(Patience);
        return (code, command.Output, command.Errors);
    }
}
