namespace Failover;

/// <summary>The state file is removed or replaced while it is in use.</summary>
public sealed class StateLossTests : IAsyncDisposable
{
    private static readonly StateWrite Whole = new()
    {
        IsWhole = true,
        Nodes = [Stored.Node("/node", "whole")],
        Components = [Stored.Component("mail", isLatched: true)],
        Latches = [Stored.Latch("/mail", "whole")],
    };

    private readonly StoreUnderLoss lost = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => lost.DisposeAsync();

    [Theory]
    [InlineData("rm state.db", "it was removed")]
    [InlineData("rm state.db-wal", "its log was removed or replaced")]
    [InlineData("rm state.db*", "it was removed")]
    [InlineData("mv older.db state.db", "it was replaced by another file")]
    [InlineData("cp older.db state.db", "another program wrote to it")]
    [InlineData(": > state.db", "another program wrote to it")]
    [InlineData("rm state.db-wal; cp older.db state.db", "its log was removed or replaced")]
    [InlineData("cp state.db x; mv x state.db", "it was replaced by another file")]
    [InlineData("mv state.db* sub", "it was removed")]
    [InlineData("rm -r sub", "it was removed", "sub")]
    [InlineData("mv sub gone", "it was removed", "sub")]
    [InlineData(
        "mkdir other; cp older.db other/state.db; ln -sfn other link",
        "it was replaced by another file",
        "link"
    )]
    public async Task A_loss_is_noticed_and_the_whole_state_is_stored_in_a_new_file(
        string command,
        string what,
        string place = ""
    )
    {
        await lost.BeginAsync(place);
        lost.Shell(command);
        Task<CommitResult> meanwhile = lost.Store.CommitAsync(Stored.Release("/mail", lost.Revision));

        // Noticed by the commit; see below for when nothing is written.
        string problem = (await lost.NextAsync<StoreNotice.Lost>()).Problem;
        problem.ShouldBe(
            $"state file {lost.StatePath}: {what} while it was in use: until the whole state is stored again, resets are refused and a restart would lose all state"
        );
        (await meanwhile).Outcome.ShouldNotBe(CommitOutcome.Committed);
        Task<long> waiting = lost.Store.PersistAsync(
            new() { Nodes = [Stored.Node("/node", "waits")], Transitions = [Stored.Transition("mail", "waits")] }
        );
        lost.Folder.Time.Advance(Second(1));
        await lost.NextAsync<StoreNotice.Back>();
        (await lost.Store.CommitAsync(Stored.Release("/mail", lost.Revision))).Outcome.ShouldBe(CommitOutcome.Refused);
        waiting.IsCompleted.ShouldBeFalse();
        lost.Store.Problem.ShouldNotBeNull();

        Task<long> later = lost.Store.PersistAsync(Whole);
        await later;

        lost.Store.Problem.ShouldBeNull();
        (await waiting).ShouldBeGreaterThan(lost.Revision);
        (await lost.Store.CommitAsync(Stored.Release("/mail", lost.Revision))).Outcome.ShouldBe(CommitOutcome.Refused);
        lost.Folder.Warnings.First().ShouldBe(problem);
        lost.Folder.Warnings.Last().ShouldBe($"state file {lost.StatePath}: stored again, all that waited");
        await lost.Store.DisposeAsync();
        StoredState state = await lost.LoadAsync();
        state.Loss.ShouldBeNull();
        state
            .IsLike(
                new()
                {
                    Nodes = Whole.Nodes,
                    Components = Whole.Components,
                    Latches = Whole.Latches,
                }
            )
            .ShouldBeTrue();
        state.Failed().ShouldBe(["/mail"]);
        Directory.GetFiles(Path.GetDirectoryName(lost.StatePath)!, "*.lost*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("rm state.db")]
    [InlineData("rm state.db-wal")]
    [InlineData("mv older.db state.db")]
    public async Task A_commit_into_a_file_that_is_lost_meanwhile_does_not_count(string command)
    {
        using SemaphoreSlim begun = new(0);
        using ManualResetEventSlim go = new();
        using StateFolder folder = new();
        await folder.StoreAsync();
        File.Copy(folder.File, Path.Combine(folder.Place, "older.db"));
        await using SqliteStateStore store = folder.Store(() =>
        {
            begun.Release();
            go.Wait();
        });
        store.Load();
        Task<CommitResult> committed = store.CommitAsync(new("op") { Nodes = [Stored.Node("a")] });
        await begun.WaitAsync(Cancel);
        StoreUnderLoss.Shell(folder.Place, command);
        go.Set();

        CommitResult result = await committed;
        result.Outcome.ShouldBe(CommitOutcome.Unknown);
        result.Problem.ShouldContain("while it was in use");
        (await store.CommitAsync(new("later"))).Outcome.ShouldBe(CommitOutcome.Refused);
    }

    [Theory]
    [InlineData("rm state.db*")]
    [InlineData("rm state.db-wal")]
    [InlineData("mv older.db state.db")]
    [InlineData("cp older.db state.db")]
    [InlineData("rm -r sub", "sub")]
    public async Task It_is_noticed_within_two_seconds_when_nothing_is_written(string command, string place = "")
    {
        await lost.BeginAsync(place);
        lost.Shell(command);

        lost.Folder.Time.Advance(Second(1));

        await lost.NextAsync<StoreNotice.Lost>();
    }

    [Theory]
    [InlineData("rm state.db*")]
    [InlineData("mv older.db state.db")]
    [InlineData("rm state.db-wal")]
    [InlineData("rm -r sub", "sub")]
    public async Task A_restart_before_the_whole_state_is_stored_knows_of_the_loss(string command, string place = "")
    {
        await lost.BeginAsync(place);
        lost.Shell(command);
        lost.Folder.Time.Advance(Second(1));
        await lost.NextAsync<StoreNotice.Back>();
        await lost.Store.DisposeAsync();

        (await lost.LoadAsync()).Loss.ShouldNotBeNull().ShouldEndWith("while it was in use");
    }

    [Theory]
    [InlineData("rm state.db*")]
    [InlineData("mv older.db state.db")]
    [InlineData("rm state.db-wal")]
    [InlineData("rm -r sub", "sub")]
    public async Task A_loss_that_shows_at_the_end_is_known_to_the_next_process(string command, string place = "")
    {
        await lost.BeginAsync(place);
        lost.Shell(command);
        await lost.Store.DisposeAsync();

        StoredState state = await lost.LoadAsync();
        state.Loss.ShouldNotBeNull();
        state.Latches.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_that_is_unmounted_is_a_loss() =>
        await SeparateProcess.RunAsync(
            StateProcess.UnmountAsync,
            $"mount -t tmpfs tmpfs {lost.Folder.Place}; {StateProcess.Shell(lost.Folder.File)}",
            SeparateProcess.NamespaceOrSkip()
        );

    [Fact]
    public async Task A_link_that_leads_to_another_file_is_a_loss()
    {
        await lost.BeginAsync();
        await lost.Store.DisposeAsync();
        lost.Shell("mkdir one two; mv state.db one/real.db; ln -s one/real.db state.db; cp older.db two/real.db");
        (await lost.OpenAsync()).Failed().ShouldBe(["/mail"]);
        Task<long> written = lost.Store.PersistAsync(Stored.Write(Stored.Node("/node", "linked")));
        await written;

        lost.Shell("ln -sf two/real.db state.db");
        lost.Folder.Time.Advance(Second(1));
        await lost.NextAsync<StoreNotice.Back>();
        await lost.Store.PersistAsync(Whole);
        await lost.Store.DisposeAsync();

        (await lost.LoadAsync()).Failed().ShouldBe(["/mail"]);
        Directory.GetFiles(Path.Combine(lost.Folder.Place, "two")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_found_there_is_put_aside_and_named()
    {
        await lost.BeginAsync();
        byte[] older = await File.ReadAllBytesAsync(lost.Older, Cancel);
        lost.Shell("mv older.db state.db");
        lost.Folder.Time.Advance(Second(1));
        await lost.NextAsync<StoreNotice.Back>();

        string aside = lost.Folder.Names.Single(name =>
            name.StartsWith("state.db.found-", StringComparison.Ordinal)
            && !name.EndsWith("-wal", StringComparison.Ordinal)
        );
        lost.Folder.Warnings.ShouldContain(
            $"state file {lost.Folder.File}: the file that was there is renamed to {aside}"
        );
        (await File.ReadAllBytesAsync(Path.Combine(lost.Folder.Place, aside), Cancel)).ShouldBe(older);
    }

    [Fact]
    public async Task The_file_that_comes_back_is_used_again_with_its_history()
    {
        await lost.BeginAsync();
        await lost.Store.PersistAsync(new() { Posts = [Stored.Post("mail")] });
        lost.Shell("mkdir away; mv state.db* away");
        // No new one can be made.
        Directory.CreateDirectory($"{lost.Folder.File}.lost.new");
        lost.Folder.Time.Advance(Second(1));
        await lost.NextAsync<StoreNotice.Lost>();
        (await lost.Store.CommitAsync(Stored.Release("/mail", lost.Revision))).Outcome.ShouldBe(CommitOutcome.Refused);
        await lost.UntilProblemAsync("no new one can be made");

        lost.Shell("mv away/* .; rmdir state.db.lost.new");
        lost.Folder.Time.Advance(Second(1));
        await lost.NextAsync<StoreNotice.Back>();
        await lost.Store.PersistAsync(Whole);

        lost.Store.Problem.ShouldBeNull();
        (await lost.Store.ReadPostsAsync(new(), Cancel)).Count.ShouldBe(1);
        lost.Folder.Names.ShouldBe(["away", "link", "older.db", "state.db", "state.db-wal", "sub"]);
    }

    [Fact]
    public async Task A_file_that_another_process_uses_is_left_alone()
    {
        await lost.BeginAsync();
        lost.Shell("rm state.db*");
        using System.Diagnostics.Process other = SeparateProcess.Start(
            StateProcess.HoldAsync,
            StateProcess.Shell(lost.Folder.File)
        );
        try
        {
            (await other.StandardOutput.ReadLineAsync(Cancel)).ShouldNotBeNull();
            lost.Folder.Time.Advance(Second(1));
            await lost.NextAsync<StoreNotice.Lost>();
            await lost.UntilProblemAsync("it is in use by another process");
            lost.Folder.Names.ShouldNotContain(name => name.Contains(".found-"));
        }
        finally
        {
            other.Kill();
            await other.WaitForExitAsync(Cancel);
        }

        lost.Folder.Time.Advance(Second(1));
        await lost.NextAsync<StoreNotice.Back>();
    }

    [Fact]
    public async Task Where_no_file_can_be_made_nothing_is_put_aside_again_and_again()
    {
        await lost.BeginAsync();
        lost.Shell("rm state.db*; mkdir state.db");
        for (int i = 0; i < 5; i++)
        {
            lost.Folder.Time.Advance(Second(1));
            (await lost.Store.CommitAsync(new("op"))).Outcome.ShouldNotBe(CommitOutcome.Committed);
        }

        await lost.UntilProblemAsync("it is a folder");
        lost.Folder.Names.ShouldBe(["link", "older.db", "state.db", "state.db.lost", "sub"]);
        lost.Folder.Warnings.Count.ShouldBe(2);
        lost.Folder.Warnings.Last().ShouldEndWith("no new one can be made: it is a folder");
    }
}
