using System.Diagnostics;
using System.Text;

namespace Failover;

public sealed class StateFileTests : IDisposable
{
    private readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_is_missing_or_empty_is_an_empty_state(bool isThere)
    {
        if (isThere)
        {
            await File.WriteAllBytesAsync(folder.File, [], TestContext.Current.CancellationToken);
        }

        (await folder.LoadAsync()).ShouldBe(StoredState.Empty);
        folder.Names.ShouldBe(["state.db"]);
    }

    [Fact]
    public async Task The_file_says_whose_it_is_and_of_which_version()
    {
        await folder.StoreAsync();

        folder.Ask("PRAGMA application_id").ShouldBe("1181709938");
        folder.Ask("PRAGMA user_version").ShouldBe("6");
        folder.Ask("PRAGMA journal_mode").ShouldBe("wal");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_version_that_was_never_released_is_refused(int version)
    {
        await folder.StoreAsync(Stored.Write(Stored.Node("a")));
        folder.Change($"PRAGMA user_version = {version}");

        await RefusedAndUntouchedAsync($"it is of version {version}, which was never released; accepted: 1, 5, 6");
    }

    [Fact]
    public async Task A_newer_version_is_refused_and_untouched()
    {
        await folder.StoreAsync(Stored.Write(Stored.Node("a")));
        folder.Change("PRAGMA user_version = 7");
        await RefusedAndUntouchedAsync(
            "it is of version 7, and this program knows versions up to 6: use a newer program"
        );
    }

    [Fact]
    public async Task A_newer_version_that_only_the_log_knows_of_is_refused_and_untouched()
    {
        await folder.StoreAsync(Stored.Write(Stored.Node("a")));
        // Closed without a checkpoint, as a kill leaves it.
        using (SqliteFile file = SqliteFile.Open(folder.File))
        {
            file.Run("CREATE TABLE later (a); PRAGMA user_version = 99");
        }

        File.Exists($"{folder.File}-wal").ShouldBeTrue();
        await RefusedAndUntouchedAsync(
            "it is of version 99, and this program knows versions up to 6: use a newer program"
        );
    }

    [Theory]
    [InlineData("CREATE TABLE node (key TEXT)")]
    [InlineData("PRAGMA user_version = 1; CREATE TABLE a (b)")]
    [InlineData("PRAGMA application_id = 7")]
    [InlineData("PRAGMA journal_mode = WAL; CREATE TABLE a (b)")]
    public async Task A_database_of_another_program_is_refused_and_untouched(string sql)
    {
        folder.Change(sql);
        await RefusedAndUntouchedAsync(
            "it is an SQLite database of another program, or of a person: it is left as it is"
        );
    }

    [Fact]
    public async Task A_database_of_another_program_in_the_middle_of_a_transaction_is_refused_and_untouched()
    {
        folder.Change("CREATE TABLE a (b)");
        await File.WriteAllTextAsync($"{folder.File}-journal", "hot", TestContext.Current.CancellationToken);
        await RefusedAndUntouchedAsync(
            "it is an SQLite database of another program, or of a person: it is left as it is"
        );
    }

    [Fact]
    public async Task A_folder_is_refused()
    {
        Directory.CreateDirectory(folder.File);
        await using SqliteStateStore store = folder.Store();
        Should
            .Throw<StateStoreException>(store.Load)
            .Message.ShouldBe($"state file {folder.File} cannot be used: it is a folder");
    }

    [Theory]
    [InlineData("mkfifo state.db", "it is a FIFO")]
    [InlineData("ln -s /dev/zero state.db", "it is a FIFO")]
    [InlineData("mkfifo fifo; ln -s fifo state.db", "it is a FIFO")]
    [InlineData("mkfifo state.db-wal", "state.db-wal is a FIFO")]
    [InlineData("mkfifo state.db-journal", "state.db-journal is a FIFO")]
    [InlineData("mkfifo state.db.lost", "state.db.lost is a FIFO")]
    public async Task What_is_no_regular_file_is_refused_without_being_opened(string command, string why)
    {
        using (
            Process process = Process.Start(
                new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = folder.Place }
            )!
        )
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await using SqliteStateStore store = folder.Store();
        Task<StoredState> loaded = Task.Run(store.Load, TestContext.Current.CancellationToken);
        (
            await Should.ThrowAsync<StateStoreException>(
                loaded.WaitAsync(Second(20), TestContext.Current.CancellationToken)
            )
        ).Message.ShouldBe(
            $"state file {folder.File} cannot be used: {why}, a socket, a device or a folder; accepted: a regular file"
        );
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        await using SqliteStateStore store = new(
            "/dev/null/state.db",
            TimeSpan.FromDays(1),
            1 << 20,
            folder.Time,
            folder.Warnings.Enqueue
        );
        Should
            .Throw<StateStoreException>(store.Load)
            .Message.ShouldStartWith("state file /dev/null/state.db cannot be used: ");
    }

    [Theory]
    [InlineData("not a database, but long enough to be looked at as one")]
    [InlineData("x")]
    public async Task What_is_no_database_is_put_aside(string text)
    {
        await File.WriteAllTextAsync(folder.File, text, TestContext.Current.CancellationToken);

        StoredState state = await folder.LoadAsync();

        state.Loss.ShouldBe(
            $"state file {folder.File} was damaged (it is not an SQLite database) and is put aside as state.db.corrupt-20260101T000000Z"
        );
        File.ReadAllText($"{folder.File}.corrupt-20260101T000000Z").ShouldBe(text);
    }

    [Fact]
    public async Task A_log_whose_file_is_gone_or_empty_is_put_aside()
    {
        foreach (bool isGone in (bool[])[true, false])
        {
            await CrashedAsync();
            byte[] log = File.ReadAllBytes($"{folder.File}-wal");
            File.Delete(folder.File);
            if (!isGone)
            {
                File.WriteAllBytes(folder.File, []);
            }

            (await folder.LoadAsync()).Loss!.ShouldContain("it is empty, and its log is not");
            string aside = folder.Names.Last(name => name.EndsWith("Z-wal", StringComparison.Ordinal));
            File.ReadAllBytes(Path.Combine(folder.Place, aside)).ShouldBe(log);
            await folder.StoreAsync(Stored.Write());
            folder.Time.Advance(Second(1));
        }
    }

    [Fact]
    public async Task What_is_put_aside_never_replaces_what_was_put_aside_before()
    {
        for (int i = 1; i <= 3; i++)
        {
            await File.WriteAllTextAsync(folder.File, $"damaged {i}", TestContext.Current.CancellationToken);
            (await folder.LoadAsync()).Loss.ShouldNotBeNull();
        }

        string name = $"{folder.File}.corrupt-20260101T000000Z";
        ((string[])["", "-2", "-3"])
            .Select(end => File.ReadAllText(name + end))
            .ShouldBe(["damaged 1", "damaged 2", "damaged 3"]);
    }

    [Fact]
    public async Task A_loss_is_reported_until_the_first_write_after_it_is_stored()
    {
        await File.WriteAllTextAsync(folder.File, "damaged", TestContext.Current.CancellationToken);
        string? loss = (await folder.LoadAsync()).Loss;
        loss.ShouldNotBeNull();

        (await folder.LoadAsync()).Loss.ShouldBe(loss);
        await folder.StoreAsync(new StateWrite { Latches = [Stored.Latch("mail")] });

        StoredState state = await folder.LoadAsync();
        state.Loss.ShouldBeNull();
        state.Failed().ShouldBe(["mail"]);
        folder.Names.ShouldBe(["state.db", "state.db.corrupt-20260101T000000Z"]);
    }

    [Theory]
    [InlineData("UPDATE node SET state = 'fail'", "edited by hand or damaged in table node: \"a\"")]
    [InlineData("UPDATE node SET at = substr(at, 1, 27) || '9'", "edited by hand or damaged in table node: \"a\"")]
    [InlineData("UPDATE node SET at = 'yesterday'", "edited by hand or damaged in table node: \"a\"")]
    [InlineData("UPDATE node SET checksum = ''", "edited by hand or damaged in table node: \"a\"")]
    [InlineData("DELETE FROM latch", "rows are missing in table latch: 1 of 1")]
    [InlineData(
        "INSERT INTO latch SELECT 'web', kind, '', state, '', 1, '', reason, since, revision, checksum FROM latch",
        "edited by hand or damaged in table latch: \"web\""
    )]
    [InlineData("UPDATE latch SET is_authorised = NULL", "edited by hand or damaged in table latch: \"mail\"")]
    [InlineData("UPDATE latch SET revision = revision + 1", "edited by hand or damaged in table latch: \"mail\"")]
    [InlineData("UPDATE component SET is_latched = 0", "edited by hand or damaged in table component: \"mail\"")]
    [InlineData(
        "UPDATE meta SET value = value + 1 WHERE key = 'revision'",
        "edited by hand or damaged in table meta: \"revision\""
    )]
    [InlineData("DELETE FROM meta WHERE key = 'revision'", "rows are missing in table meta: 1 of 1")]
    [InlineData("DELETE FROM meta", "the digest of its schema is missing")]
    [InlineData("DELETE FROM meta WHERE key = 'digest.latch'", "the digest of table latch is missing or damaged")]
    [InlineData("UPDATE meta SET value = '0 0' WHERE key = 'digest.latch'", "rows were added to table latch: 1")]
    [InlineData("DROP TABLE latch", "its tables are not declared as they were")]
    [InlineData("ALTER TABLE node RENAME COLUMN reason TO cause", "its tables are not declared as they were")]
    [InlineData("PRAGMA user_version = 0", "its header is damaged")]
    [InlineData("PRAGMA application_id = 7", "its header is damaged")]
    public async Task What_was_not_stored_by_us_is_damage_and_is_named(string sql, string what)
    {
        await folder.StoreAsync(
            new StateWrite
            {
                Nodes = [Stored.Node("a")],
                Components = [Stored.Component("mail", isLatched: true)],
                Latches = [Stored.Latch("mail")],
            }
        );
        folder.Change(sql);

        StoredState state = await folder.LoadAsync();

        state.Loss.ShouldBe(
            $"state file {folder.File} was damaged ({what}) and is put aside as state.db.corrupt-20260101T000000Z"
        );
        state.Nodes.ShouldBeEmpty();
        folder.Names.ShouldContain("state.db.corrupt-20260101T000000Z");
    }

    [Fact]
    public async Task Rows_that_were_edited_are_counted_and_the_first_of_them_are_named()
    {
        await folder.StoreAsync(Stored.Write([.. Enumerable.Range(1, 5).Select(i => Stored.Node($"{i}"))]));
        folder.Change("UPDATE node SET state = 'fail' WHERE key > '1'");

        (await folder.LoadAsync()).Loss!.ShouldContain(
            "(edited by hand or damaged in table node: \"2\", \"3\", \"4\" and 1 more)"
        );
    }

    [Fact]
    public async Task A_row_as_it_was_before_is_damage()
    {
        await folder.StoreAsync(new StateWrite { Latches = [Stored.Latch("mail", state: HealthState.Ok)] });
        folder.Change($"ATTACH '{folder.Place}/before.db' AS before; CREATE TABLE before.latch AS SELECT * FROM latch");
        await folder.StoreAsync(new StateWrite { Latches = [Stored.Latch("mail")] });
        folder.Change(
            $"ATTACH '{folder.Place}/before.db' AS before; REPLACE INTO main.latch SELECT * FROM before.latch"
        );

        (await folder.LoadAsync()).Loss!.ShouldContain("(rows were exchanged in table latch)");
    }

    [Fact]
    public async Task Every_row_carries_the_checksum_of_its_newest_value_whatever_was_written_before()
    {
        await using (SqliteStateStore store = folder.Store())
        {
            store.Load();
            for (int number = 1; number <= StateProcess.Writes; number++)
            {
                await store.StoreAsync(number);
            }

            // A proposal that is refused leaves nothing behind.
            (await store.CommitAsync(Stored.Release("/mail", 999))).Outcome.ShouldBe(CommitOutcome.Refused);
            await store.PersistAsync(new() { IsWhole = true, Nodes = [Stored.Node("a"), Stored.Node("b")] });
            await store.PersistAsync(new() { Nodes = [Stored.Node("b", "fail")], ForgottenNodes = ["a", "never"] });
        }

        StoredState state = await folder.LoadAsync();
        state.Loss.ShouldBeNull();
        state.Nodes.ShouldBe([Stored.Node("b", "fail")]);
        folder.Ask("SELECT substr(value, 1, 2) FROM meta WHERE key = 'digest.node'").ShouldBe("1 ");
    }

    [Fact]
    public async Task An_older_version_is_brought_to_this_one_with_all_it_holds()
    {
        await folder.StoreAsync(new StateWrite { Nodes = [Stored.Node("a")], Latches = [Stored.Latch("mail")] });
        SqliteSchema next = Next("CREATE TABLE note (text TEXT) STRICT");

        for (int i = 0; i < 2; i++)
        {
            await using SqliteStateStore store = folder.Store(schema: next);
            StoredState state = store.Load();
            state.Loss.ShouldBeNull();
            state.Nodes.ShouldBe([Stored.Node("a")]);
            state.Failed().ShouldBe(["mail"]);
        }

        folder.Ask("PRAGMA user_version").ShouldBe("7");
        folder.Ask("SELECT count(*) FROM note").ShouldBe("0");
    }

    [Fact]
    public async Task A_migration_that_fails_changes_nothing()
    {
        await folder.StoreAsync(Stored.Write(Stored.Node("a")));
        const string Fails = "CREATE TABLE note (text TEXT); CREATE TABLE note (text TEXT)";

        await using (SqliteStateStore store = folder.Store(schema: Next(Fails)))
        {
            Should
                .Throw<StateStoreException>(store.Load)
                .Message.ShouldBe(
                    $"state file {folder.File} cannot be used: it cannot be brought to version 7: table note already exists"
                );
        }

        (await folder.LoadAsync()).Nodes.ShouldBe([Stored.Node("a")]);
    }

    [Fact]
    public async Task A_damaged_file_of_an_older_version_is_not_brought_to_this_one()
    {
        await folder.StoreAsync(Stored.Write(Stored.Node("a")));
        folder.Change("UPDATE node SET state = 'fail'");
        SqliteSchema next = Next("CREATE TABLE note (text TEXT) STRICT");

        await using SqliteStateStore store = folder.Store(schema: next);

        store.Load().Loss.ShouldNotBeNull();
    }

    private static SqliteSchema Next(string sql) =>
        new([.. SqliteSchema.Current.Migrations, new(SqliteSchema.Current.Version + 1, sql)]);

    private async Task RefusedAndUntouchedAsync(string why)
    {
        Dictionary<string, string> before = Contents();
        await using (SqliteStateStore store = folder.Store())
        {
            Should
                .Throw<StateStoreException>(store.Load)
                .Message.ShouldBe($"state file {folder.File} cannot be used: {why}");
        }

        Contents().ShouldBe(before);
    }

    private Dictionary<string, string> Contents() =>
        folder.Names.ToDictionary(
            name => name,
            name => Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(folder.Place, name)))
        );

    /// <summary>Leaves a file and its log as a kill does.</summary>
    private async Task CrashedAsync()
    {
        await folder.StoreAsync(Stored.Write(Stored.Node("a")));
        using SqliteFile file = SqliteFile.Open(folder.File);
        file.Run("CREATE TABLE later (a)");
    }
}
