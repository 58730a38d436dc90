namespace Failover;

/// <summary>Compare-and-set: what becomes of a proposal, and in which order.</summary>
public sealed class CompareAndSetTests : IDisposable
{
    private readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("the right revision", CommitOutcome.Committed)]
    [InlineData("an older revision", CommitOutcome.Refused)]
    [InlineData("a later revision", CommitOutcome.Refused)]
    [InlineData("another latch", CommitOutcome.Refused)]
    [InlineData("latched anew in between", CommitOutcome.Refused)]
    [InlineData("latched anew, not stored yet", CommitOutcome.Refused)]
    [InlineData("forgotten in between", CommitOutcome.Refused)]
    [InlineData("released before", CommitOutcome.Refused)]
    [InlineData("one of two has changed", CommitOutcome.Refused)]
    [InlineData("after a restart", CommitOutcome.Committed)]
    public async Task A_latch_ends_only_at_the_revision_that_is_expected(string when, CommitOutcome outcome)
    {
        SqliteStateStore store = folder.Store();
        store.Load();
        long revision = await store.PersistAsync(new() { Latches = [Stored.Latch("/a"), Stored.Latch("/b")] });
        revision.ShouldBeGreaterThan(0);
        StateProposal proposal = Stored.Release("/a", revision);
        switch (when)
        {
            case "an older revision":
                proposal = Stored.Release("/a", revision - 1);
                break;
            case "a later revision":
                proposal = Stored.Release("/a", revision + 1);
                break;
            case "another latch":
                proposal = Stored.Release("/c", revision);
                break;
            case "latched anew in between":
                await store.PersistAsync(new() { Latches = [Stored.Latch("/a", id: "e2")] });
                break;
            case "latched anew, not stored yet":
                _ = store.PersistAsync(new() { Latches = [Stored.Latch("/a", id: "e2")] });
                break;
            case "forgotten in between":
                _ = store.PersistAsync(new() { ForgottenLatches = ["/a"] });
                break;
            case "released before":
                (await store.CommitAsync(proposal)).Outcome.ShouldBe(CommitOutcome.Committed);
                break;
            case "one of two has changed":
                await store.PersistAsync(new() { Latches = [Stored.Latch("/b", id: "e2")] });
                proposal = proposal with
                {
                    Releases = [.. proposal.Releases, .. Stored.Release("/b", revision).Releases],
                };
                break;
            case "after a restart":
                await store.DisposeAsync();
                store = folder.Store();
                store.Load().Latches.Select(latch => latch.Revision).ShouldBe([revision, revision]);
                break;
        }

        CommitResult result = await store.CommitAsync(proposal with { Nodes = [Stored.Node("/armed")] });
        await store.DisposeAsync();

        result.Outcome.ShouldBe(outcome, result.Problem);
        bool isCommitted = outcome == CommitOutcome.Committed;
        (result.Problem.Length == 0).ShouldBe(isCommitted);
        (result.Revision > revision).ShouldBe(isCommitted);
        StoredState state = await folder.LoadAsync();
        state.Nodes.Length.ShouldBe(isCommitted ? 1 : 0);
        if (when is not ("forgotten in between" or "released before"))
        {
            state.Failed().Contains("/a").ShouldBe(!isCommitted);
            folder.Ask("SELECT count(*) FROM post").ShouldBe(isCommitted ? "1" : "0");
        }
    }

    [Fact]
    public async Task A_refusal_says_why()
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        long revision = await store.PersistAsync(new() { Latches = [Stored.Latch("/a")] });

        (await store.CommitAsync(Stored.Release("/a", 7))).Problem.ShouldBe(
            $"latch /a is at revision {revision}, not 7"
        );
        (await store.CommitAsync(Stored.Release("/b", 7))).Problem.ShouldBe("no latch /b is stored");
    }

    [Fact]
    public async Task All_of_a_proposal_is_stored_in_one_commit()
    {
        await using (SqliteStateStore store = folder.Store())
        {
            store.Load();
            long revision = await store.PersistAsync(
                new()
                {
                    Latches = [Stored.Latch("/a"), Stored.Latch("/b")],
                    Nodes = [Stored.Node("/armed"), Stored.Node("/used")],
                }
            );
            StateProposal proposal = Stored.Release("/a", revision) with
            {
                Nodes = [Stored.Node("/armed", "again")],
                ForgottenNodes = ["/used"],
            };
            CommitResult result = await store.CommitAsync(proposal);
            result.ShouldBe(new(CommitOutcome.Committed, revision + 1));
        }

        StoredState state = await folder.LoadAsync();
        state.Failed().ShouldBe(["/b"]);
        StoredLatch released = state.Latches.Single(latch => latch.Key == "/a");
        (released.Reason, released.State).ShouldBe(("reset", HealthState.Ok));
        state.Nodes.ShouldBe([Stored.Node("/armed", "again")]);
        folder.Ask("SELECT component || ' ' || outcome FROM post").ShouldBe("/a 202 armed");
    }

    [Fact]
    public async Task A_withdrawn_proposal_is_refused_unless_its_commit_has_begun()
    {
        using SemaphoreSlim begun = new(0);
        using ManualResetEventSlim go = new();
        await using (
            SqliteStateStore store = folder.Store(() =>
            {
                begun.Release();
                go.Wait();
            })
        )
        {
            store.Load();
            Task<CommitResult> first = store.CommitAsync(new("1") { Nodes = [Stored.Node("1")] });
            await begun.WaitAsync(TestContext.Current.CancellationToken);
            Task<long> before = store.PersistAsync(Stored.Write(Stored.Node("a", "old")));
            Task<CommitResult> second = store.CommitAsync(new("2") { Nodes = [Stored.Node("2")] });
            Task<long> after = store.PersistAsync(Stored.Write(Stored.Node("a", "new")));

            store.Withdraw("1");
            store.Withdraw("2");
            store.Withdraw("never there");

            (await second).ShouldBe(new(CommitOutcome.Refused, Problem: "it was withdrawn"));
            first.IsCompleted.ShouldBeFalse();
            go.Set();
            (await first).Outcome.ShouldBe(CommitOutcome.Committed);
            // The writes before and after it are neighbours now.
            (await before).ShouldBe(await after);
        }

        (await folder.LoadAsync()).Nodes.ShouldBe([Stored.Node("1"), Stored.Node("a", "new")]);
    }

    [Fact]
    public async Task Writes_are_joined_and_proposals_keep_their_place()
    {
        using SemaphoreSlim begun = new(0);
        using ManualResetEventSlim go = new();
        int transactions = 0;
        await using SqliteStateStore store = folder.Store(() =>
        {
            Interlocked.Increment(ref transactions);
            begun.Release();
            go.Wait();
        });
        store.Load();
        Task<long> blocked = store.PersistAsync(new() { Latches = [Stored.Latch("/a")] });
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        Task<long>[] joined =
        [
            .. Enumerable.Range(0, 100).Select(i => store.PersistAsync(Stored.Write(Stored.Node("n", $"{i}")))),
        ];
        Task<CommitResult> released = store.CommitAsync(Stored.Release("/a", 1));
        Task<long> latched = store.PersistAsync(new() { Latches = [Stored.Latch("/a", id: "e2")] });
        Task<CommitResult> stale = store.CommitAsync(Stored.Release("/a", 1, "stale"));
        go.Set();

        (await blocked).ShouldBe(1);
        (await Task.WhenAll(joined)).ShouldAllBe(revision => revision == 2);
        (await released).ShouldBe(new(CommitOutcome.Committed, 3));
        (await latched).ShouldBe(4);
        (await stale).Problem.ShouldBe("latch /a is at revision 4, not 1");
        transactions.ShouldBe(5);
    }

    [Fact]
    public async Task A_store_that_is_not_loaded_or_is_closed_refuses_proposals()
    {
        SqliteStateStore store = folder.Store();
        (await store.CommitAsync(new("1"))).ShouldBe(
            new(CommitOutcome.Refused, Problem: $"state file {folder.File} is not loaded")
        );
        store.Load();
        await store.DisposeAsync();
        (await store.CommitAsync(new("2"))).ShouldBe(
            new(CommitOutcome.Refused, Problem: $"state file {folder.File} is closed")
        );
    }

    [Fact]
    public async Task Revisions_grow_over_restarts()
    {
        long last = 0;
        for (int i = 0; i < 3; i++)
        {
            await using SqliteStateStore store = folder.Store();
            store.Load();
            long revision = await store.PersistAsync(new() { Latches = [Stored.Latch("/a")] });
            revision.ShouldBeGreaterThan(last);
            last = revision;
        }

        (await folder.LoadAsync()).Latches.Single().Revision.ShouldBe(last);
    }
}
