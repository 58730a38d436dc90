namespace Failover;

/// <summary>A configuration that changes while nobody sends a signal: the daemon sees it for itself.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private readonly Target target = Target.Started();
    private ServedFolder? folder;

    private ServedFolder Served => folder ?? throw new InvalidOperationException("not made");

    public async ValueTask InitializeAsync() => folder = await ServedFolder.WithAsync(Of("one"));

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        target.Dispose();
    }

    [Fact]
    public async Task A_file_that_is_replaced_is_taken()
    {
        await Served.ServeAsync();

        Served.Write(ServedFolder.Main, Of("two"));

        await Served.PollUntilAsync("two", "OK");
        (await Served.PollAsync("one")).ShouldBe("Not Found");
    }

    [Fact]
    public async Task A_file_that_is_written_in_place_is_taken()
    {
        await Served.ServeAsync();

        await File.WriteAllTextAsync(Served[ServedFolder.Main], Of("two"), TestContext.Current.CancellationToken);

        await Served.PollUntilAsync("two", "OK");
    }

    [Fact]
    public async Task A_folder_that_a_link_leads_to_is_exchanged_as_for_a_ConfigMap()
    {
        // failover.yaml -> ..data/failover.yaml, ..data -> the folder of the moment, which is made, linked and renamed.
        Served.Write("..1/failover.yaml", Of("one")).Write("..2/failover.yaml", Of("two"));
        File.CreateSymbolicLink(Served["..data"], "..1");
        File.Delete(Served[ServedFolder.Main]);
        File.CreateSymbolicLink(Served[ServedFolder.Main], "..data/failover.yaml");
        await Served.ServeAsync();
        (await Served.PollAsync("one")).ShouldBe("OK");

        File.CreateSymbolicLink(Served["..data_tmp"], "..2");
        await using ChildProcess move = ChildProcess.Start(
            "mv",
            "coreutils",
            ["-T", Served["..data_tmp"], Served["..data"]]
        );
        (await move.ExitCodeAsync(Second(30))).ShouldBe(0, move.ToString());
        Directory.Delete(Served["..1"], recursive: true);

        await Served.PollUntilAsync("two", "OK");
        (await Served.PollAsync("one")).ShouldBe("Not Found");
    }

    [Fact]
    public async Task An_included_file_is_watched()
    {
        await Served
            .Write(ServedFolder.Main, $"include: others.yaml\n{Of("one")}")
            .Write("others.yaml", Component("two"))
            .ServeAsync();
        (await Served.PollAsync("two")).ShouldBe("OK");

        Served.Write("others.yaml", Component("three"));

        await Served.PollUntilAsync("three", "OK");
        (await Served.PollAsync("two")).ShouldBe("Not Found");
        (await Served.PollAsync("one")).ShouldBe("OK");
    }

    [Fact]
    public async Task A_folder_that_files_are_included_from_is_watched()
    {
        await Served
            .Write(ServedFolder.Main, $"include: conf.d/*.yaml\n{Of("one")}")
            .Write("conf.d/two.yaml", Component("two"))
            .ServeAsync();
        (await Served.PollAsync("two")).ShouldBe("OK");

        Served.Write("conf.d/three.yaml", Component("three"));
        await Served.PollUntilAsync("three", "OK");
        (await Served.PollAsync("two")).ShouldBe("OK");

        Served.Write("conf.d/three.yaml", Component("four"));
        await Served.PollUntilAsync("four", "OK");
        (await Served.PollAsync("three")).ShouldBe("Not Found");

        File.Delete(Served["conf.d/two.yaml"]);
        await Served.PollUntilAsync("two", "Not Found");
    }

    [Fact]
    public async Task A_secret_that_changes_is_taken_and_never_shown()
    {
        using Target other = new();
        Served
            .Write("port", $"{target.Port}\n")
            .Write(
                ServedFolder.Main,
                $$"""
                {{ServedFolder.Top}}
                components:
                  one:
                    tcp: {host: 127.0.0.1, port: "${file:{{Served["port"]}}}"}
                """
            );
        await Served.ServeAsync();
        (await Served.PollAsync("one")).ShouldBe("OK");

        Served.Write("port", $"{other.Port}\n");

        await Served.PollUntilAsync("one", "FAIL");
        string told = (await Served.ReadAsync("components/one")).ToString() + await Served.ReadAsync("status");
        told.ShouldNotContain($"{other.Port}");
        await Served.Daemon.Process.LineAsync("/one ok -> fail: ");
        Served.Log.ShouldNotContain($"{other.Port}");
        Served.Log.ShouldNotContain($"{target.Port}");
    }

    [Fact]
    public async Task A_file_that_stays_as_it_is_is_not_read_again()
    {
        await Served.ServeAsync();

        // The same content as another file, of another time; then a change that tells when the looks have come to it.
        Served.Write(ServedFolder.Main, Of("one"));
        File.SetLastWriteTimeUtc(Served[ServedFolder.Main], DateTime.UnixEpoch);
        // Real time: three looks.
        await Task.Delay(Second(3.5), TestContext.Current.CancellationToken);
        Served.Reloads.ShouldBe(0);

        Served.Write(ServedFolder.Main, Of("two"));
        await Served.PollUntilAsync("two", "OK");
        Served.Reloads.ShouldBe(1);
    }

    private string Of(string component) => ServedFolder.Top + Component(component);

    private string Component(string name) => $"components:\n  {name}: {{tcp: 127.0.0.1:{target.Port}}}\n";
}
