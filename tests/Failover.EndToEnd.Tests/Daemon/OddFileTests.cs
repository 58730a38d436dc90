using System.Globalization;

namespace Failover;

/// <summary>Files that are none, under names that a daemon reads: a FIFO that nobody writes to holds up nothing.</summary>
public sealed class OddFileTests : IAsyncLifetime
{
    private readonly Target target = Target.Started();
    private ServedFolder? folder;

    private ServedFolder Served => folder ?? throw new InvalidOperationException("not made");

    public async ValueTask InitializeAsync()
    {
        folder = await ServedFolder.WithAsync(Main);
        Served.Write("port", Port).Write("conf.d/a.yaml", Component("a"));
    }

    private string Port => target.Port.ToString(CultureInfo.InvariantCulture);

    private string Main =>
        $$$"""
            {{{ServedFolder.Top}}}
            include: conf.d/*.yaml
            components:
              mail:
                toggle:
                  to_fail: {tcp: {host: 127.0.0.1, port: "${file:port}"}}
                  to_ok: {oneshot: {auth: PASSWORDS}}
                on_post: to_ok.fire

            """;

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        target.Dispose();
    }

    [Theory]
    [InlineData(
        ServedFolder.Main,
        "failover.yaml: the file cannot be read: it is a FIFO\n  accepted: a regular file\n"
    )]
    [InlineData(
        "conf.d/a.yaml",
        "failover.yaml:5:10: include \"conf.d/a.yaml\" cannot be read: it is a FIFO\n  accepted: a regular file\n"
    )]
    [InlineData("port", "failover.yaml:9:46: ${file:port} cannot be read: it is a FIFO\n  accepted: a regular file\n")]
    public async Task A_FIFO_in_the_place_of_a_file_has_a_reload_refused(string file, string error)
    {
        await Served.ServeAsync();

        string text = await File.ReadAllTextAsync(Served[file], TestContext.Current.CancellationToken);
        Replace(file);
        await Served.ReloadInVainAsync();

        (await Served.ErrorAsync()).ShouldBe(error);
        await ProveServedAsync();
        Served.Write(file, text);
        await Eventually.GetAsync(Served.ErrorAsync, now => now is null, "no error");
        await Served.Daemon.StopAsync();
    }

    [Fact]
    public async Task A_FIFO_in_the_place_of_a_password_file_lets_nobody_in_and_holds_up_nobody()
    {
        await Served.ServeAsync();
        target.Stop();
        await Served.PollUntilAsync("mail", "FAIL");

        Replace("users");

        await Eventually.GetAsync(
            () => Served.Daemon.PostAsync("mail"),
            answer => answer.StartsWith("503", StringComparison.Ordinal),
            "503 from the reset"
        );
        await Served.Daemon.Process.LineAsync("users: cannot be read (it is a FIFO); accepted: a regular file");
        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        await Served.Daemon.StopAsync();
    }

    [Fact]
    public async Task A_secret_on_a_file_system_that_hangs_has_a_reload_refused_and_holds_up_nobody()
    {
        await Served.ServeAsync();
        await using (
            ChildProcess hang = await Strace.AttachToFileAsync(
                Served.Daemon.Process,
                Served["port"],
                "statx",
                "delay_enter=30s"
            )
        )
        {
            await Served.ReloadInVainAsync();

            (await Served.ErrorAsync()).ShouldBe(
                "failover.yaml:9:46: ${file:port} cannot be read: it takes longer than 5s to answer\n"
            );
            await ProveServedAsync();
            await Strace.DetachAsync(hang);
        }

        await Eventually.GetAsync(Served.ErrorAsync, now => now is null, "no error");
        await Served.Daemon.StopAsync();
    }

    private async Task ProveServedAsync()
    {
        (await Served.PollAsync("mail")).ShouldBe("OK");
        (await Served.PollAsync("a")).ShouldBe("OK");
    }

    private void Replace(string file)
    {
        File.Delete(Served[file]);
        Fifo.Make(Served[file]);
    }

    private string Component(string name) => $"components:\n  {name}: {{tcp: 127.0.0.1:{target.Port}}}\n";
}
