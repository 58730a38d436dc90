using System.Runtime.Versioning;

namespace Failover;

[UnsupportedOSPlatform("windows")]
public sealed class PrivateFileTests : IDisposable
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_state_file_and_what_stands_beside_it_are_for_their_owner_alone()
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        await store.PersistAsync(Stored.Write(Stored.Node("a")));

        Modes().ShouldBe([("state.db", OwnFile), ("state.db-wal", OwnFile)]);
    }

    [Fact]
    public async Task What_is_remembered_of_a_damaged_file_is_for_its_owner_alone()
    {
        await folder.StoreAsync(Stored.Write(Stored.Node("a")));
        await File.WriteAllTextAsync(folder.File, "damaged", TestContext.Current.CancellationToken);

        await using SqliteStateStore store = folder.Store(() => throw new IOException("before it is forgotten"));
        store.Load().Loss.ShouldNotBeNull();

        Modes().ShouldContain(("state.db.lost", OwnFile));
        Modes().ShouldAllBe(file => file.Mode == OwnFile);
    }

    [Fact]
    public async Task Rights_that_somebody_has_given_are_kept()
    {
        const UnixFileMode given = OwnFile | UnixFileMode.GroupRead;
        await folder.StoreAsync(Stored.Write(Stored.Node("a")));
        File.SetUnixFileMode(folder.File, given);

        await using SqliteStateStore store = folder.Store();
        store.Load();
        await store.PersistAsync(Stored.Write(Stored.Node("b")));

        Modes().ShouldBe([("state.db", given), ("state.db-wal", given)]);
    }

    [Fact]
    public async Task A_folder_that_is_made_for_it_is_for_its_owner_alone()
    {
        string made = Path.Combine(folder.Place, "made");
        await using SqliteStateStore store = new(
            Path.Combine(made, "state.db"),
            TimeSpan.FromDays(90),
            64 << 20,
            folder.Time,
            folder.Warnings.Enqueue
        );
        store.Load();

        File.GetUnixFileMode(made).ShouldBe(OwnFile | UnixFileMode.UserExecute);
    }

    private IEnumerable<(string Name, UnixFileMode Mode)> Modes() =>
        folder.Names.Select(name => (name, File.GetUnixFileMode(Path.Combine(folder.Place, name))));
}
