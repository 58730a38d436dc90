using System.Globalization;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>A state file that version 0.1.0 made becomes one of this version, and a copy of it stays.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StateMigrationTests : IDisposable
{
    private const string Calls = "pwrite64,write,fdatasync,fsync,ftruncate,unlink,rename,link,open,openat";

    private const int Killed = 128 + 9;

    private static readonly string Original = Path.Combine(AppContext.BaseDirectory, "version-0.1.0.db");

    private readonly StateFolder folder = new();

    private string Copy => $"{folder.File}.v1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task All_that_it_holds_is_taken_over()
    {
        File.Copy(Original, folder.File);
        await using SqliteStateStore store = folder.Store();
        StoredState state = store.Load();

        IsTakenOver(state);
        DateTimeOffset since = new DateTimeOffset(2026, 11, 26, 20, 17, 25, TimeSpan.Zero).AddTicks(6_435_390);
        StoredLatch latch = state.Latches[0];
        latch.Components.ShouldBe(["late"]);
        (latch with { Components = [] }).ShouldBe(
            new(
                "/late#task",
                Kind: "",
                Fingerprint: "",
                HealthState.Fail,
                Id: "",
                IsAuthorised: null,
                Components: [],
                "refused: 127.0.0.1:1",
                since,
                Revision: 1
            )
        );
        state.Nodes.ShouldContain(
            new StoredNode(
                "/once#",
                Kind: "",
                "cb37904ee4338ace46bcf373a0362694",
                "armed",
                "",
                new DateTimeOffset(2026, 11, 26, 20, 17, 28, TimeSpan.Zero).AddTicks(8_237_338)
            )
        );
        state.AliveAt.ShouldBe(new DateTimeOffset(2026, 11, 26, 20, 17, 30, TimeSpan.Zero).AddTicks(410_932));
        (await store.ReadTransitionsAsync(new("mail-u5"), Cancel))
            .Select(moved => (moved.From, moved.To, moved.Reason))
            .ShouldBe([
                (HealthState.Fail, HealthState.Ok, "reset"),
                (HealthState.Ok, HealthState.Fail, "latched: refused: 127.0.0.1:1"),
            ]);
        (await store.ReadPostsAsync(new("once"), Cancel))
            .Select(post => (post.User, post.Outcome))
            .ShouldBe([("ops", "Armed"), ("ops", "unknown user or wrong password")]);
        (await store.CommitAsync(Stored.Release("/late#task", 1))).Outcome.ShouldBe(CommitOutcome.Committed);
        folder.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_migrated_file_is_declared_as_a_new_one_is()
    {
        const string Tables = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
        await folder.StoreAsync();
        string declared = folder.Ask(Tables);
        folder.Clear();
        File.Copy(Original, folder.File);
        await folder.StoreAsync();

        folder.Names.ShouldBe(["state.db", "state.db.v1"]);
        folder.Ask(Tables).ShouldBe(declared);
    }

    [Fact]
    public async Task The_copy_is_a_file_of_version_1_for_its_owner_alone()
    {
        File.Copy(Original, folder.File);
        File.SetUnixFileMode(folder.File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await folder.StoreAsync();

        File.GetUnixFileMode(Copy).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        IsOfVersion1(Copy);
    }

    [Fact]
    public async Task What_only_its_log_holds_is_taken_over_and_is_in_the_copy()
    {
        File.Copy(Original, folder.File);
        // Closed without a checkpoint, as a kill leaves it. The history is not a part of the digest.
        using (SqliteFile file = SqliteFile.Open(folder.File))
        {
            file.Run(
                "INSERT INTO transition SELECT 100, at, 'in the log', 'ok', 'fail', reason, 7 FROM transition LIMIT 1"
            );
        }

        File.Exists($"{folder.File}-wal").ShouldBeTrue();
        await using SqliteStateStore store = folder.Store();
        IsTakenOver(store.Load());

        (await store.ReadTransitionsAsync(new("in the log"), Cancel)).Count.ShouldBe(1);
        IsOfVersion1(Copy, transitions: 9);
    }

    [Fact]
    public async Task Another_copy_is_never_overwritten()
    {
        await File.WriteAllTextAsync(Copy, "an earlier copy", Cancel);
        File.Copy(Original, folder.File);
        await folder.StoreAsync();

        (await File.ReadAllTextAsync(Copy, Cancel)).ShouldBe("an earlier copy");
        IsOfVersion1($"{Copy}-2");

        // Gone back, and forward again: the same copy is enough.
        folder.Names.Count().ShouldBe(3);
        File.Copy(Original, folder.File, overwrite: true);
        await folder.StoreAsync();
        folder.Names.ShouldBe(["state.db", "state.db.v1", "state.db.v1-2"]);
    }

    [Fact]
    public async Task Without_a_copy_nothing_is_migrated()
    {
        File.Copy(Original, folder.File);
        Directory.CreateDirectory($"{Copy}.new");
        await using (SqliteStateStore store = folder.Store())
        {
            Should
                .Throw<StateStoreException>(store.Load)
                .Message.ShouldStartWith(
                    $"state file {folder.File} cannot be used: it cannot be brought to version 6: "
                );
        }

        (await File.ReadAllBytesAsync(folder.File, Cancel)).ShouldBe(await File.ReadAllBytesAsync(Original, Cancel));
    }

    [Fact]
    public async Task A_damaged_file_of_version_1_is_put_aside()
    {
        File.Copy(Original, folder.File);
        folder.Change("UPDATE latch SET reason = 'bent' WHERE component = 'late'");

        (await folder.LoadAsync()).Loss.ShouldNotBeNull().ShouldContain("its content differs from what was stored");

        folder.Names.ShouldBe(["state.db", "state.db.corrupt-20260101T000000Z", "state.db.lost"]);
    }

    [Fact]
    public async Task Killed_at_any_call_it_is_of_the_one_version_or_the_other_with_all_it_holds()
    {
        Strace.NeededOrSkip();
        int migrated = 0;
        int call = 0;
        int code;
        do
        {
            (code, bool isMigrated) = await KilledAsync(Calls, ++call);
            migrated += isMigrated ? 1 : 0;
        } while (code != 0);

        call.ShouldBeGreaterThan(15);

        // strace counts in each thread: this one is made where the file is closed.
        (code, bool isMigratedThen) = await KilledAsync("unlink", 1);
        (code, isMigratedThen).ShouldBe((Killed, true));
        migrated.ShouldBeInRange(1, call - 10);
    }

    private async Task<(int Code, bool IsMigrated)> KilledAsync(string calls, int call)
    {
        folder.Clear();
        File.Copy(Original, folder.File);
        string within = string.Create(
            CultureInfo.InvariantCulture,
            $"{Strace.Of(folder.File, calls)} -e inject={calls}:signal=KILL:when={call}"
        );
        (int code, string output, string errors) = await SeparateProcess.EndAsync(
            StateProcess.OpenAsync,
            StateProcess.Shell(folder.File),
            within
        );

        code.ShouldBeOneOf([0, Killed], output + errors);
        bool isMigrated = folder.Ask("PRAGMA user_version") == "6";
        if (isMigrated)
        {
            IsOfVersion1(Copy);
        }

        IsTakenOver(await folder.LoadAsync());
        IsOfVersion1(Copy);
        folder.Names.ShouldBe(["state.db", "state.db.v1"], $"{calls} {call}");
        return (code, isMigrated);
    }

    private static void IsTakenOver(StoredState state)
    {
        state.Loss.ShouldBeNull();
        state.Nodes.Length.ShouldBe(17);
        state.Nodes.Count(node => node.State == "armed").ShouldBe(1);
        state.Latches.Select(latch => latch.Key).ShouldBe(["/late#task", "/mail-u6#", "/slow#", "/web/eu#task.task"]);
        state.Latches.Select(latch => latch.Revision).ShouldBe([1, 2, 3, 4]);
        state.Components.ShouldBeEmpty();
    }

    /// <summary>As version 0.1.0 looks at a file: header, version, digest; and all rows.</summary>
    private static void IsOfVersion1(string path, int transitions = 8)
    {
        SqliteHeader header = SqliteHeader.Read(path);
        (header.IsSqlite, header.IsLogged, header.PageSize, header.ApplicationId).ShouldBe(
            (true, true, 4096, SqliteSchema.ApplicationId)
        );
        using SqliteFile file = SqliteFile.Open(path);
        file.MayCheckpoint(atClose: true);
        file.Text("PRAGMA quick_check(1)").ShouldBe("ok");
        file.Number("PRAGMA user_version").ShouldBe(1);
        OldDigest.Read(file).ShouldBe(RowChecksum.Text(OldDigest.OfFile(file)));
        file.Number("SELECT count(*) FROM latch").ShouldBe(4);
        file.Number("SELECT count(*) FROM node").ShouldBe(17);
        file.Number("SELECT count(*) FROM transition").ShouldBe(transitions);
        file.Number("SELECT count(*) FROM post").ShouldBe(6);
    }
}
