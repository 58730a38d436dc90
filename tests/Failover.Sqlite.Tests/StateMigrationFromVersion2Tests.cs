using System.Globalization;

namespace Failover;

/// <summary>A state file of schema 2 becomes one of this version, and a copy of it stays.</summary>
public sealed class StateMigrationFromVersion2Tests : IDisposable
{
    private const string Calls = "pwrite64,write,fdatasync,fsync,ftruncate,unlink,rename,link,open,openat";

    private const int Killed = 128 + 9;

    private static readonly string Original = Path.Combine(AppContext.BaseDirectory, "version-2.db");

    private readonly StateFolder folder = new();

    private string Copy => $"{folder.File}.v2";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task All_that_it_holds_is_taken_over()
    {
        File.Copy(Original, folder.File);
        await using SqliteStateStore store = folder.Store();
        StoredState state = store.Load();

        IsTakenOver(state);
        state.AliveAt.ShouldBe(new DateTimeOffset(2026, 11, 26, 23, 37, 18, TimeSpan.Zero).AddTicks(3_345_326));
        (await store.ReadTransitionsAsync(new("web"), Cancel))
            .Select(moved => moved.Reason)
            .ShouldBe(["reset", "latched: refused: 127.0.0.1:1"]);
        (await store.ReadPostsAsync(new(), Cancel))
            .Select(post => post.Outcome)
            .ShouldBe(["Armed", "unknown user or wrong password"]);

        // Its revisions go on.
        (await store.CommitAsync(Stored.Release("/mail#", 3))).Revision.ShouldBe(10);
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

        folder.Names.ShouldBe(["state.db", "state.db.v2"]);
        folder.Ask(Tables).ShouldBe(declared);
        folder
            .Ask("SELECT group_concat(key) FROM (SELECT key FROM meta ORDER BY key)")
            .ShouldBe("alive_at,digest.component,digest.latch,digest.meta,digest.node,digest.schema,revision");
    }

    [Theory]
    [InlineData("UPDATE latch SET state = 'ok'")]
    [InlineData("DELETE FROM latch")]
    [InlineData("DELETE FROM meta WHERE key = 'digest'")]
    public async Task A_file_that_was_edited_is_put_aside(string sql)
    {
        File.Copy(Original, folder.File);
        folder.Change(sql);

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
            folder.Clear();
            File.Copy(Original, folder.File);
            string within = string.Create(
                CultureInfo.InvariantCulture,
                $"{Strace.Of(folder.File, Calls)} -e inject={Calls}:signal=KILL:when={++call}"
            );
            (code, string output, string errors) = await SeparateProcess.EndAsync(
                StateProcess.OpenAsync,
                StateProcess.Shell(folder.File),
                within
            );

            code.ShouldBeOneOf([0, Killed], output + errors);
            if (folder.Ask("PRAGMA user_version") == "3")
            {
                IsOfVersion2(Copy);
                migrated++;
            }

            IsTakenOver(await folder.LoadAsync());
            IsOfVersion2(Copy);
            folder.Names.ShouldBe(["state.db", "state.db.v2"], $"{call}");
        } while (code != 0);

        call.ShouldBeGreaterThan(15);
        migrated.ShouldBeInRange(1, call - 10);
    }

    private static void IsTakenOver(StoredState state)
    {
        state.Loss.ShouldBeNull();
        state.Nodes.Length.ShouldBe(5);
        state
            .Latches.Select(latch => (latch.Key, latch.State, latch.IsAuthorised, latch.Revision))
            .ShouldBe([("/mail#", HealthState.Fail, true, 3), ("/web#", HealthState.Ok, true, 6)]);
        state
            .Components.Select(component => (component.Name, component.State, component.IsLatched))
            .ShouldBe([
                ("files", HealthState.Fail, false),
                ("mail", HealthState.Fail, true),
                ("web", HealthState.Ok, false),
            ]);
    }

    private static void IsOfVersion2(string path)
    {
        using SqliteFile file = SqliteFile.Open(path);
        file.MayCheckpoint(atClose: true);
        file.Text("PRAGMA quick_check(1)").ShouldBe("ok");
        file.Number("PRAGMA user_version").ShouldBe(2);
        OldDigest.Read(file).ShouldBe(RowChecksum.Text(OldDigest.OfFile(file, version: 2)));
        file.Number("SELECT count(*) FROM latch").ShouldBe(2);
        file.Number("SELECT count(*) FROM post").ShouldBe(2);
    }
}
