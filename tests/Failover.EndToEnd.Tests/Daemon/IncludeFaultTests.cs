namespace Failover;

/// <summary>An included folder that is gone: what was served goes on, and once it is back it is taken again.</summary>
public sealed class IncludeFaultTests : IAsyncLifetime
{
    private const string Folder = "conf.d";

    private readonly Target target = Target.Started();
    private ServedFolder? folder;

    private ServedFolder Served => folder ?? throw new InvalidOperationException("not made");

    public async ValueTask InitializeAsync()
    {
        folder = await ServedFolder.WithAsync($"{ServedFolder.Top}include: {Folder}/*.yaml\n");
        Served.Write($"{Folder}/a.yaml", Component("a"));
    }

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        target.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_that_is_gone_has_a_reload_refused(bool isSignalled)
    {
        await Served.ServeAsync();

        Directory.Move(Served[Folder], Served["x"]);
        await RefuseAsync(isSignalled);

        (await Served.ErrorAsync()).ShouldBe(
            "failover.yaml:4:10: include \"conf.d/*.yaml\": the folder \"conf.d\" cannot be listed: it does not exist\n"
                + "  accepted: a folder that exists and that this process may list; it may be empty\n"
        );
        (await Served.PollAsync("a")).ShouldBe("OK");

        Served.Write("x/b.yaml", Component("b"));
        Directory.Move(Served["x"], Served[Folder]);
        await Served.PollUntilAsync("b", "OK");
        (await Served.PollAsync("a")).ShouldBe("OK");
    }

    [Fact]
    public async Task A_folder_behind_a_link_that_leads_nowhere_has_a_reload_refused()
    {
        // As to a file system that was mounted, and is not any more.
        Directory.Move(Served[Folder], Served["mounted"]);
        Directory.CreateSymbolicLink(Served[Folder], "mounted");
        await Served.ServeAsync();
        (await Served.PollAsync("a")).ShouldBe("OK");

        Directory.Move(Served["mounted"], Served["x"]);
        await RefuseAsync(isSignalled: true);

        (await Served.PollAsync("a")).ShouldBe("OK");
    }

    [Fact]
    public async Task A_folder_that_is_empty_is_taken()
    {
        await Served.ServeAsync();

        File.Delete(Served[$"{Folder}/a.yaml"]);

        await Served.PollUntilAsync("a", "Not Found");
        (await Served.ErrorAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_folder_that_is_gone_keeps_it_from_starting()
    {
        Directory.Move(Served[Folder], Served["x"]);

        await using ChildProcess run = DaemonFiles.StartCommand("run", Served[ServedFolder.Main]);

        (await run.ExitCodeAsync(Second(30))).ShouldBe(78);
        Served.FromHere(run.Errors).ShouldStartWith("failover.yaml:4:10: include \"conf.d/*.yaml\": the folder");
    }

    private Task RefuseAsync(bool isSignalled) =>
        isSignalled ? Served.ReloadInVainAsync() : Eventually.IsAsync(() => Served.Refusals > 0, "a refusal");

    private string Component(string name) => $"components:\n  {name}: {{tcp: 127.0.0.1:{target.Port}}}\n";
}
