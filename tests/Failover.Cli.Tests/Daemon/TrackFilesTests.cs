namespace Failover;

/// <summary>A file for each component, with its state as a number.</summary>
public sealed class TrackFilesTests : IAsyncDisposable
{
    private static readonly TimeSpan Often = Second(0.05);

    private readonly DirectoryInfo parent = Directory.CreateTempSubdirectory("failover-track-");
    private readonly List<string> warnings = [];
    private readonly HealthService service = new(TimeProvider.System);
    private readonly TrackFiles files;
    private volatile int mail = 1;

    public TrackFilesTests() => files = new(service, warnings.Add, Often);

    private string Folder => Path.Combine(parent.FullName, "made", "track");

    public async ValueTask DisposeAsync()
    {
        files.Dispose();
        await service.DisposeAsync();
        parent.Delete(recursive: true);
    }

    [Fact]
    public async Task A_state_is_a_number()
    {
        Start();

        await HasAsync("mail", "0\n");
        await HasAsync("eu%2Fdown", "1\n");
        await HasAsync("%2Eerror", "2\n");
        Names.ShouldBe(["%2Eerror", "eu%2Fdown", "mail"], ignoreOrder: true, "none of what a request evaluates");

        mail = 0;
        await HasAsync("mail", "1\n");
        mail = 1;
        await HasAsync("mail", "0\n");
        warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Files_are_touched_while_nothing_changes()
    {
        Start();
        await HasAsync("mail", "0\n");
        string path = Path.Combine(Folder, "mail");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);

        await UntilAsync(() => File.GetLastWriteTimeUtc(path) > DateTime.UnixEpoch);
        (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).ShouldBe("0\n");
    }

    [Fact]
    public async Task Another_folder_or_none_leaves_nothing_behind()
    {
        Start();
        await UntilAsync(() => Names.Length == 3);
        string strange = Path.Combine(Folder, "strange");
        await File.WriteAllTextAsync(strange, "1", TestContext.Current.CancellationToken);

        string other = Path.Combine(parent.FullName, "other");
        files.Use(other);
        await UntilAsync(() => Names.SequenceEqual(["strange"]));
        await UntilAsync(() => Directory.GetFiles(other).Length == 3);

        files.Use(null);
        await UntilAsync(() => Directory.GetFiles(other).Length == 0);
    }

    [Fact]
    public async Task A_component_that_is_gone_has_no_file()
    {
        Start();
        await UntilAsync(() => Names.Length == 3);

        service.Replace([service.Components.Single(one => one.Name == "mail").Description], Graph.NoNames);
        files.Use(Folder);
        await UntilAsync(() => Names.SequenceEqual(["mail"]));
    }

    [Fact]
    public async Task What_cannot_be_written_is_reported_once_and_tried_again()
    {
        string occupied = Path.Combine(parent.FullName, "made");
        await File.WriteAllTextAsync(occupied, "", TestContext.Current.CancellationToken);
        Start();
        await UntilAsync(() => warnings.Count > 0);
        warnings.ShouldHaveSingleItem().ShouldContain(": cannot be written (");

        File.Delete(occupied);
        await HasAsync("mail", "0\n");
        await UntilAsync(() => Names.Length == 3);

        Directory.Delete(occupied, recursive: true);
        await UntilAsync(() => Names.Length == 3);
        warnings.Count.ShouldBeInRange(1, 2);
    }

    private string[] Names =>
        Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder).Select(path => Path.GetFileName(path))] : [];

    private void Start()
    {
        service.Add(new("mail", new Background(new DelegateCheck(_ => Task.FromResult(mail > 0)), Often)));
        service.Add(new("eu/down", new Background(new DelegateCheck(_ => Task.FromResult(false)), Often)));
        service.Add(
            new(
                ".error",
                new Background(new DelegateCheck(_ => Task.FromException<bool>(new IOException("no"))), Often)
            )
        );
        service.Add(new("asked", new DelegateCheck(_ => Task.FromResult(true))));
        service.Start(_ => { }, _ => { });
        files.Use(Folder);
    }

    private Task HasAsync(string name, string text) =>
        UntilAsync(() =>
        {
            string path = Path.Combine(Folder, name);
            return File.Exists(path) && File.ReadAllText(path) == text;
        });

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource patience = new(Second(30));
        while (!isSo())
        {
            // Real time: a thread writes files.
            await Task.Delay(Second(0.01), patience.Token);
        }
    }
}
