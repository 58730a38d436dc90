namespace Failover;

/// <summary>Another state file that goes on from the one before it.</summary>
public sealed class StateMoveTests : IDisposable
{
    private readonly StateFolder folder = new();

    private string Other => Path.Combine(folder.Place, "other.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Latches_history_and_revisions_move_whatever_stands_there()
    {
        await StoreAsync(Other, "/old");
        await StoreAsync(folder.File, "/mail");
        StateMove.Plan(folder.File, Other);

        StateMove
            .Carry(Other, folder.Time)
            .ShouldBe(
                $"state file {Other}: continues from {folder.File}; the file that was there is renamed to other.db.found-20260101T000000Z"
            );

        await using SqliteStateStore store = new(Other);
        StoredState state = store.Load();
        state.Failed().ShouldBe(["/mail"]);
        state.Loss.ShouldBeNull();
        (await store.ReadTransitionsAsync(new(), TestContext.Current.CancellationToken))
            .ShouldHaveSingleItem()
            .Component.ShouldBe("mail");
        folder.Names.ShouldNotContain("other.db.from");
        StateMove.Carry(Other, folder.Time).ShouldBeNull();
    }

    [Fact]
    public async Task It_begins_again_where_it_was_ended_in_between()
    {
        await StoreAsync(folder.File, "/mail");
        StateMove.Plan(folder.File, Other);
        byte[] note = await File.ReadAllBytesAsync($"{Other}.from", TestContext.Current.CancellationToken);
        StateMove.Carry(Other, folder.Time).ShouldNotBeNull();
        await File.WriteAllBytesAsync($"{Other}.from", note, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync($"{Other}.new", "half", TestContext.Current.CancellationToken);

        StateMove.Carry(Other, folder.Time).ShouldNotBeNull();

        await using SqliteStateStore store = new(Other);
        store.Load().Failed().ShouldBe(["/mail"]);
    }

    [Fact]
    public async Task A_file_that_was_moved_by_hand_is_taken_as_it_is()
    {
        await StoreAsync(folder.File, "/mail");
        StateMove.Plan(folder.File, Other);
        File.Move(folder.File, Other);

        StateMove.Carry(Other, folder.Time).ShouldNotBeNull();

        await using SqliteStateStore store = new(Other);
        StoredState state = store.Load();
        (state.Loss, state.Failed().ShouldHaveSingleItem()).ShouldBe((null, "/mail"));
    }

    [Fact]
    public async Task A_file_before_it_that_is_gone_is_a_loss()
    {
        await StoreAsync(Other, "/old");
        await StoreAsync(folder.File, "/mail");
        StateMove.Plan(folder.File, Other);
        File.Delete(folder.File);

        string told = StateMove.Carry(Other, folder.Time).ShouldNotBeNull();

        told.ShouldBe($"state file {Other}: it was to continue from {folder.File}, which is gone");
        await using SqliteStateStore store = new(Other);
        store.Load().Loss.ShouldBe(told);
    }

    [Fact]
    public async Task A_loss_before_it_is_not_forgotten()
    {
        await StoreAsync(folder.File, "/mail");
        await File.WriteAllTextAsync($"{folder.File}.lost", "it was damaged\n", TestContext.Current.CancellationToken);
        StateMove.Plan(folder.File, Other);

        StateMove.Carry(Other, folder.Time).ShouldNotBeNull();

        await using SqliteStateStore store = new(Other);
        store.Load().Loss.ShouldBe("it was damaged");
    }

    [Fact]
    public async Task What_another_process_has_is_left_to_it()
    {
        await StoreAsync(Other, "/old");
        using System.Diagnostics.Process holder = SeparateProcess.Start(
            StateProcess.HoldAsync,
            StateProcess.Shell(Other)
        );
        try
        {
            (await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull();
            Should
                .Throw<StateStoreException>(() => StateMove.Plan(folder.File, Other))
                .Message.ShouldBe($"state file {Other} cannot be used: it is in use by another process");
            folder.Names.ShouldNotContain("other.db.from");
        }
        finally
        {
            holder.Kill();
        }
    }

    [Fact]
    public async Task The_file_in_use_by_another_path_needs_no_move()
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        File.CreateSymbolicLink(Other, folder.File);

        StateMove.Plan(folder.File, Other);

        folder.Names.ShouldNotContain(name => name.EndsWith(".from"));
    }

    private static async Task StoreAsync(string file, string latch)
    {
        await using SqliteStateStore store = new(file);
        store.Load();
        await store.PersistAsync(
            new() { Latches = [Stored.Latch(latch)], Transitions = [Stored.Transition(latch.TrimStart('/'))] }
        );
    }
}
