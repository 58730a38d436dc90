using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Failover;

/// <summary>Other processes read the file while it is in use, and change nothing by it.</summary>
public sealed class OtherReadersTests : IDisposable
{
    private readonly StateFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_was_stored_is_read_a_second_later_and_the_store_continues()
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        for (int i = 1; i <= 3; i++)
        {
            await store.PersistAsync(new() { Latches = [Stored.Latch("/mail", $"{i}")] });
            await SettleAsync(store);

            (await AskAsync($"file:{folder.File}?immutable=1", "SELECT reason, state FROM latch")).ShouldBe(
                $"{i}|fail\n"
            );
        }

        folder.Names.ShouldBe(["state.db", "state.db-wal"]);
        folder.Warnings.ShouldBeEmpty();
        store.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task The_history_is_read_too()
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        await store.PersistAsync(new() { Transitions = [Stored.Transition("mail")], Posts = [Stored.Post("mail")] });
        await SettleAsync(store);

        (await AskAsync($"file:{folder.File}?immutable=1", "SELECT component, reason FROM transition")).ShouldBe(
            "mail|down\n"
        );
        (await AskAsync($"file:{folder.File}?immutable=1", "SELECT user, outcome FROM post")).ShouldBe(
            "ops|202 armed\n"
        );
    }

    /// <summary>The guide's commands, with the path of this file in the place of the daemon's.</summary>
    [Fact]
    public async Task The_queries_of_the_guide_have_answers()
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        await store.PersistAsync(
            new() { Latches = [Stored.Latch("/mail")], Transitions = [Stored.Transition("mail")] }
        );
        await SettleAsync(store);
        string historyFile = Path.Combine(folder.Place, "history.db");
        await using SqliteRollUpStore rollUps = new(historyFile, Day(1), 1 << 20, folder.Time, folder.Warnings.Enqueue);
        rollUps.Open();
        // The second hour has the first one rolled up.
        folder.Time.Advance(Hour(2));
        rollUps.Add(RollUpFolder.Minute(folder.Time.GetUtcNow() - Hour(1), 6, "mail"));
        await rollUps.WhenIdleAsync();
        string[] commands = GuideQueries();

        commands.Length.ShouldBe(3);
        foreach (string command in commands)
        {
            string answer = await RunAsync("sh", "-c", command);
            answer.ShouldMatch("^(/mail\\|.*|20.*\\|mail\\|.*|20.*\\|50000\\|2000\\|1000)\n$", command);
        }
    }

    [Fact]
    public async Task A_log_that_cannot_be_moved_into_the_file_for_long_is_told_once()
    {
        bool isBroken = true;
        await using SqliteStateStore store = new(folder.File, Day(90), 64 << 20, folder.Time, folder.Warnings.Enqueue)
        {
            Checkpointing = () =>
            {
                if (isBroken)
                {
                    throw new SqliteFault(SQLitePCL.raw.SQLITE_IOERR, file: null);
                }
            },
        };
        store.Load();
        await store.PersistAsync(new() { Latches = [Stored.Latch("/mail")] });
        for (int i = 0; i < 9; i++)
        {
            await SettleAsync(store);
        }

        folder.Warnings.ShouldBeEmpty();
        for (int i = 0; i < 5; i++)
        {
            await SettleAsync(store);
        }

        folder
            .Warnings.ShouldHaveSingleItem()
            .ShouldBe(
                $"state file {folder.File}: the disk reports an I/O error: its log cannot be moved into it: nothing is lost, but the log grows, and other processes read an old state"
            );
        store.Problem.ShouldBeNull();

        isBroken = false;
        await SettleAsync(store);

        folder.Warnings.Last().ShouldBe($"state file {folder.File}: its log is moved into it again");
    }

    [Fact]
    public async Task A_tool_that_would_write_is_kept_out()
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        await store.PersistAsync(new() { Latches = [Stored.Latch("/mail")] });

        (await AskAsync(folder.File, "DELETE FROM latch")).ShouldContain("database is locked");

        await store.DisposeAsync();
        (await folder.LoadAsync()).Failed().ShouldBe(["/mail"]);
    }

    /// <summary>Lets a second pass: a read that is begun after it ends after what the store does then.</summary>
    private async Task SettleAsync(SqliteStateStore store)
    {
        folder.Time.Advance(Second(1));
        for (int i = 0; i < 2; i++)
        {
            await store.ReadPostsAsync(new(Limit: 1), Cancel);
        }
    }

    // Each goes over two lines.
    private string[] GuideQueries([CallerFilePath] string here = "") =>
        [
            .. File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../docs/guide/persistence.md"))
                .Replace("\\\n", " ", StringComparison.Ordinal)
                .Replace("/var/lib/failover/", $"{folder.Place}/", StringComparison.Ordinal)
                .Split('\n')
                .Where(line => line.StartsWith("sqlite3 'file:", StringComparison.Ordinal)),
        ];

    private static Task<string> AskAsync(string file, string query) => RunAsync("sqlite3", file, query);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(Cancel);
        string output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return output + await errors;
    }
}
