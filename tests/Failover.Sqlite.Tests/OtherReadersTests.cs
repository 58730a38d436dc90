using System.Diagnostics;

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

    private static async Task<string> AskAsync(string file, string query)
    {
        ProcessStartInfo start = new("sqlite3", [file, query])
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
