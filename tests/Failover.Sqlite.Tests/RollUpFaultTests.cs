using System.Diagnostics;

namespace Failover;

/// <summary>Files of roll-ups that are damaged, in use, gone or full, and processes that are killed: nothing but roll-ups is
/// lost.</summary>
public sealed class RollUpFaultTests : IDisposable
{
    private const string Calls = "pwrite64,write,fdatasync,fsync,ftruncate,unlink,rename,link";

    private readonly RollUpFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_damaged_file_is_put_aside_and_a_new_one_begins()
    {
        await File.WriteAllTextAsync(folder.File, new string('x', 5000), TestContext.Current.CancellationToken);

        await folder.StoreAsync(RollUpFolder.Minute(folder.Start, 1, "mail"));

        (await folder.ReadAsync("mail")).ShouldNotBeNull();
        folder.Names.ShouldBe(["history.db", "history.db.corrupt-20260101T000000Z"]);
        folder
            .Warnings.ShouldHaveSingleItem()
            .ShouldBe(
                $"history file {folder.File} is damaged (it is not an SQLite database): it is renamed to history.db.corrupt-20260101T000000Z, and a new one begins; nothing but the latencies and times in it is lost"
            );
    }

    [Fact]
    public async Task An_impossible_value_in_a_row_costs_that_row_alone()
    {
        await folder.StoreAsync(RollUpFolder.Minute(folder.Start, 1, "mail", "web"));
        await RunAsync(
            "sqlite3",
            folder.File,
            $"UPDATE minute SET longest = {long.MaxValue} WHERE component = (SELECT id FROM component WHERE name = 'mail')"
        );

        await using SqliteRollUpStore store = folder.Store();
        await Should.ThrowAsync<StateStoreException>(() => RollUpFolder.ReadAsync(store, "mail"));
        (await RollUpFolder.ReadAsync(store, "web")).ShouldNotBeNull();
        store.Add(RollUpFolder.Minute(folder.Start.AddMinutes(1), 1, "mail"));
        await store.WhenIdleAsync();
        (await RollUpFolder.ReadAsync(store, "web")).ShouldNotBeNull();
        store.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Damage_that_shows_later_is_no_end_either()
    {
        await folder.StoreAsync([
            .. Enumerable
                .Range(0, 50)
                .Select(i =>
                    RollUpFolder.Minute(
                        folder.Start.AddMinutes(i),
                        6,
                        [.. Enumerable.Range(0, 50).Select(one => $"component-{one}")]
                    )
                ),
        ]);
        byte[] content = await File.ReadAllBytesAsync(folder.File, TestContext.Current.CancellationToken);
        // All but the first three pages, where the declarations are.
        content.AsSpan(3 * 4096).Fill(0xA5);
        await File.WriteAllBytesAsync(folder.File, content, TestContext.Current.CancellationToken);

        await using SqliteRollUpStore store = folder.Store();
        RollUpBatch next = RollUpFolder.Minute(folder.Start.AddHours(1), 1, "component-7");
        store.Add(next);
        await store.WhenIdleAsync();

        (await RollUpFolder.ReadAsync(store, "component-7")).ShouldBe("01 01:00 50/2/1 1 1000<1000<1000");
        store.Problem.ShouldBeNull();
        folder.Names.ShouldContain(name => name.StartsWith("history.db.corrupt-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("PRAGMA application_id = 1; CREATE TABLE a (b)", "it is a file of another program")]
    [InlineData("PRAGMA application_id = 1181709896; PRAGMA user_version = 2", "it is of the newer version 2")]
    public async Task A_file_that_is_not_ours_is_untouched_and_the_rest_goes_on(string content, string why)
    {
        using (SqliteFile file = SqliteFile.Open(folder.File))
        {
            file.Run(content);
        }

        byte[] before = await File.ReadAllBytesAsync(folder.File, TestContext.Current.CancellationToken);
        await using (SqliteRollUpStore store = folder.Store())
        {
            store.Add(RollUpFolder.Minute(folder.Start, 1, "mail"));
            await store.WhenIdleAsync();

            string problem =
                $"history file {folder.File} cannot be used: {why}: latencies and times of the newest minutes are in memory, and lost in the end";
            store.Problem.ShouldBe(problem);
            (
                await Should.ThrowAsync<StateStoreException>(() => RollUpFolder.ReadAsync(store, "mail"))
            ).Message.ShouldBe(problem);
            folder.Warnings.ShouldHaveSingleItem("once").ShouldBe(problem);
        }

        (await File.ReadAllBytesAsync(folder.File, TestContext.Current.CancellationToken)).ShouldBe(before);
        folder.Names.ShouldBe(["history.db"]);
    }

    [Fact]
    public async Task A_file_that_another_process_has_keeps_a_second_one_from_starting()
    {
        using Process holder = SeparateProcess.Start(RollUpProcess.HoldAsync, RollUpProcess.Shell(folder.File));
        try
        {
            (await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull();

            RollUpFile.IsInUse(folder.File).ShouldBeTrue();
            Should
                .Throw<StateStoreException>(() => folder.Store())
                .Message.ShouldBe($"history file {folder.File} cannot be used: it is in use by another process");
        }
        finally
        {
            holder.Kill();
            await holder.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        RollUpFile.IsInUse(folder.File).ShouldBeFalse();
        (await folder.ReadAsync("mail")).ShouldNotBeNull("what it had stored is there");
    }

    [Fact]
    public async Task A_file_that_this_process_has_is_not_opened_twice()
    {
        await using SqliteRollUpStore store = folder.Store();
        await using SqliteRollUpStore second = folder.Store();

        second.Problem!.ShouldStartWith($"history file {folder.File} cannot be used: it is in use by this process");
        store.Add(RollUpFolder.Minute(folder.Start, 1, "mail"));
        await store.WhenIdleAsync();
        store.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task A_file_that_is_removed_while_it_is_in_use_is_made_anew()
    {
        await using SqliteRollUpStore store = folder.Store();
        store.Add(RollUpFolder.Minute(folder.Start, 1, "mail"));
        await store.WhenIdleAsync();
        File.Delete(folder.File);

        store.Add(RollUpFolder.Minute(folder.Start.AddMinutes(1), 1, "mail"));
        await store.WhenIdleAsync();

        (await RollUpFolder.ReadAsync(store, "mail")).ShouldBe("01 00:01 50/2/1 1 1000<1000<1000");
        File.Exists(folder.File).ShouldBeTrue();
        folder.Warnings.ShouldHaveSingleItem().ShouldContain("removed or replaced while it was in use");
    }

    [Fact]
    public async Task What_cannot_be_stored_waits_and_is_stored_later_and_the_warning_is_sparse()
    {
        bool isFull = true;
        await using SqliteRollUpStore store = folder.Store(storing: () =>
        {
            if (Volatile.Read(ref isFull))
            {
                throw new IOException("the disk is full");
            }
        });
        for (int i = 0; i < 150; i++)
        {
            store.Add(RollUpFolder.Minute(folder.Start.AddMinutes(i), 1, "mail"));
            folder.Time.Advance(TimeSpan.FromMinutes(1));
            await store.WhenIdleAsync();
        }

        store.Problem!.ShouldStartWith($"history file {folder.File}: the disk is full");
        folder.Warnings.Count.ShouldBe(3, "once an hour");
        (await RollUpFolder.ReadAsync(store, "mail")).ShouldBeNull("it can be read");

        Volatile.Write(ref isFull, false);
        store.Add(RollUpFolder.Minute(folder.Start.AddMinutes(150), 1, "mail"));
        await store.WhenIdleAsync();

        store.Problem.ShouldBeNull();
        folder.Warnings.Last().ShouldBe($"history file {folder.File}: stored again");
        (await RollUpFolder.ReadAsync(store, "mail"))!.Split(';').Length.ShouldBe(151);
    }

    [Fact]
    public async Task What_waits_is_bounded_and_what_is_lost_is_counted()
    {
        bool isFull = true;
        await using SqliteRollUpStore store = folder.Store(
            storing: () =>
            {
                if (Volatile.Read(ref isFull))
                {
                    throw new IOException("the disk is full");
                }
            },
            mostRowsWaiting: 1000
        );
        string[] names = [.. Enumerable.Range(0, 250).Select(i => $"c{i}")];
        for (int i = 0; i < 6; i++)
        {
            store.Add(RollUpFolder.Minute(folder.Start.AddMinutes(i), 0, names));
        }

        await store.WhenIdleAsync();
        Volatile.Write(ref isFull, false);
        store.Add(RollUpFolder.Minute(folder.Start.AddMinutes(6), 0, "c0"));
        await store.WhenIdleAsync();

        folder.Warnings.Last().ShouldEndWith("stored again; 3 minutes did not fit into memory and are lost");
        (await RollUpFolder.ReadAsync(store, "c0"))!.Split(';').Length.ShouldBe(4);
    }

    [Fact]
    public async Task A_full_disk_delays_nobody_and_heals()
    {
        string within = SeparateProcess.NamespaceOrSkip();
        await SeparateProcess.RunAsync(
            RollUpProcess.FillAsync,
            $"mount -t tmpfs -o size=1m tmpfs {folder.Place}; {RollUpProcess.Shell(folder.File)}",
            within
        );
    }

    [Fact]
    public async Task A_kill_at_any_write_loses_the_minute_in_flight_at_most_and_damages_nothing()
    {
        Strace.NeededOrSkip();
        bool isEnd = false;
        // Each is a process: every seventh call, in making the file, storing minutes and rolling up an hour.
        for (int call = 3; !isEnd; call += 7)
        {
            foreach (string name in folder.Names.ToArray())
            {
                File.Delete(Path.Combine(folder.Place, name));
            }

            string within =
                $"strace -f -qq -y -o /dev/null -e trace={Calls} -P {folder.File} -P {folder.File}-wal -P {folder.File}-journal -P {folder.Place} -e inject={Calls}:signal=KILL:when={call}";
            (int code, string output, string errors) = await SeparateProcess.EndAsync(
                RollUpProcess.WriteAsync,
                RollUpProcess.Shell(folder.File),
                within
            );

            code.ShouldBeOneOf([0, 128 + 9], errors);
            isEnd = code == 0;
            int acknowledged = output.Split('\n').Count(line => line.StartsWith("stored", StringComparison.Ordinal));
            (await MinutesAsync()).ShouldBeInRange(acknowledged, acknowledged + 1, $"call {call}");
            (!isEnd || acknowledged == RollUpProcess.Minutes).ShouldBeTrue(output + errors);
            (isEnd && call < 40).ShouldBeFalse("there were calls to be killed at");
        }

        folder.Warnings.ShouldBeEmpty("nothing was damaged");
    }

    private async Task<int> MinutesAsync() => (await folder.ReadAsync("mail"))?.Split(';').Length ?? 0;

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
    }
}
