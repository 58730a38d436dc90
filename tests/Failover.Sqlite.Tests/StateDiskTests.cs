using System.Diagnostics;

namespace Failover;

/// <summary>Disks that are full, read-only, broken or slow, and files that another process has: each in a process of its
/// own.</summary>
public sealed class StateDiskTests : IDisposable
{
    private readonly StateFolder folder = new();

    private string Shell => StateProcess.Shell(folder.File);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_full_disk_is_reported_and_heals()
    {
        string within = SeparateProcess.NamespaceOrSkip();
        await SeparateProcess.RunAsync(
            StateProcess.FillAsync,
            $"mount -t tmpfs -o size=1m tmpfs {folder.Place}; {Shell}",
            within
        );
    }

    [Fact]
    public async Task A_disk_without_room_for_a_new_file_is_named_at_the_start() =>
        await RefusedAsync(
            "it cannot be brought to version 6: the disk is full",
            $"mount -t tmpfs -o size=12k tmpfs {folder.Place}; {Shell}",
            SeparateProcess.NamespaceOrSkip()
        );

    [Fact]
    public async Task A_read_only_file_is_refused_and_untouched()
    {
        string within = SeparateProcess.NamespaceOrSkip();
        string mount = $"mount --bind {folder.Place} {folder.Place}; mount -o remount,ro,bind {folder.Place}; {Shell}";
        await RefusedAsync("it cannot be made: Read-only file system", mount, within);

        await folder.StoreAsync(StateProcess.Write(1));
        byte[] before = await File.ReadAllBytesAsync(folder.File, TestContext.Current.CancellationToken);
        await RefusedAsync("it is read-only", mount, within);
        (await File.ReadAllBytesAsync(folder.File, TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    [Fact]
    public async Task A_writable_file_in_a_folder_of_another_user_is_refused_by_the_rehearsal_too()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to become another user");
        await folder.StoreAsync(StateProcess.Write(1));
        StoreUnderLoss.Shell(folder.Place, "chmod 755 .; chmod 666 state.db");

        await RefusedTwiceAsync("it is read-only", Shell, "setpriv --reuid 65534 --regid 65534 --clear-groups");
    }

    [Fact]
    public async Task A_writable_file_in_a_read_only_folder_is_refused_by_the_rehearsal_too()
    {
        string within = SeparateProcess.NamespaceOrSkip();
        await folder.StoreAsync(StateProcess.Write(1));

        await RefusedTwiceAsync(
            "it cannot be opened or made",
            $"mount --bind {folder.Place} {folder.Place}; mount --bind {folder.File} {folder.File}; mount -o remount,ro,bind {folder.Place}; {Shell}",
            within
        );
    }

    [Fact]
    public void A_FIFO_is_refused_by_the_rehearsal_without_opening_it()
    {
        Fifo.Make(folder.File);

        Should
            .Throw<StateStoreException>(() => StateRehearsal.IsInUse(folder.File))
            .Message.ShouldBe(
                $"state file {folder.File} cannot be used: it is a FIFO, a socket, a device or a folder; accepted: a regular file"
            );
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_refused_and_untouched()
    {
        Strace.NeededOrSkip();
        await folder.StoreAsync(StateProcess.Write(1));
        byte[] before = await File.ReadAllBytesAsync(folder.File, TestContext.Current.CancellationToken);
        int refused = 0;
        foreach (int call in (int[])[1, 2, 3, 4, 8, 10, 12])
        {
            foreach (string when in (string[])[$"{call}", $"{call}+"])
            {
                string within = $"{Strace.Of(folder.File, "pread64")} -e inject=pread64:error=EIO:when={when}";
                (int code, string output, string errors) = await SeparateProcess.EndAsync(
                    StateProcess.OpenAsync,
                    Shell,
                    within
                );

                code.ShouldBe(0, errors);
                folder.Names.ShouldBe(["state.db"], when);
                bool isRefused = output.StartsWith(
                    $"state file {folder.File} cannot be used: ",
                    StringComparison.Ordinal
                );
                isRefused.ShouldBe(output.Length > 0, output);
                byte[] after = await File.ReadAllBytesAsync(folder.File, TestContext.Current.CancellationToken);
                (isRefused && !after.SequenceEqual(before)).ShouldBeFalse(when);
                // Where it was not refused it was used.
                await File.WriteAllBytesAsync(folder.File, before, TestContext.Current.CancellationToken);
                refused += isRefused ? 1 : 0;
            }
        }

        refused.ShouldBeGreaterThanOrEqualTo(7, "what fails for good is refused, what fails once may be");
    }

    [Theory]
    [InlineData("pwrite64", "EIO", "the disk reports an I/O error (Input/output error)", CommitOutcome.Unknown)]
    [InlineData("fsync", "EIO", "the disk reports an I/O error (Input/output error)", CommitOutcome.Unknown)]
    [InlineData("pwrite64", "EROFS", "the disk reports an I/O error (Read-only file system)", CommitOutcome.Refused)]
    [InlineData("pwrite64", "ENOSPC", "the disk is full", CommitOutcome.Refused)]
    public async Task A_disk_that_fails_is_reported_and_heals(
        string call,
        string error,
        string words,
        CommitOutcome outcome
    )
    {
        Strace.NeededOrSkip();
        await folder.StoreAsync();
        string within = $"{Strace.Of(folder.File, call)} -e inject={call}:error={error}:when=1..2";
        (int code, string output, string errors) = await SeparateProcess.EndAsync(
            StateProcess.PersevereAsync,
            Shell,
            within
        );

        code.ShouldBe(0, output + errors);
        output.ShouldBe(
            $"{outcome}: state file {folder.File}: {words}: until it can be written, what happens would not survive a restart\n"
        );
        // The proposal is never stored later, and the write is.
        (await folder.LoadAsync())
            .IsLike((await StateProcess.AfterEachAsync())[1])
            .ShouldBeTrue();
    }

    [Fact]
    public async Task A_disk_that_hangs_holds_up_neither_who_writes_nor_who_closes()
    {
        Strace.NeededOrSkip();
        await folder.StoreAsync();
        await SeparateProcess.RunAsync(
            StateProcess.HurryAsync,
            Shell,
            $"{Strace.Of(folder.File, "fsync")} -e inject=fsync:delay_enter=5000000:when=1"
        );
    }

    [Fact]
    public async Task A_file_that_another_process_has_is_refused_and_untouched()
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        await store.PersistAsync(StateProcess.Write(1));

        await RefusedAsync("it is in use by another process", Shell);

        await store.PersistAsync(StateProcess.Write(2));
    }

    [Fact]
    public async Task A_process_that_is_killed_leaves_the_file_to_the_next_one()
    {
        using Process holder = SeparateProcess.Start(StateProcess.HoldAsync, Shell);
        try
        {
            (await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull();
            await RefusedAsync("it is in use by another process", Shell);
        }
        finally
        {
            holder.Kill();
            await holder.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await folder.StoreAsync(StateProcess.Write(1));
    }

    private async Task RefusedTwiceAsync(string why, string shell, string within)
    {
        (int code, string output, string errors) = await SeparateProcess.EndAsync(
            StateProcess.RehearseAndOpenAsync,
            shell,
            within
        );
        code.ShouldBe(0, errors);
        string refused = $"state file {folder.File} cannot be used: {why}\n";
        output.ShouldBe(refused + refused);
    }

    private async Task RefusedAsync(string why, string shell, string within = "env")
    {
        (int code, string output, string errors) = await SeparateProcess.EndAsync(
            StateProcess.OpenAsync,
            shell,
            within
        );
        code.ShouldBe(0, errors);
        output.ShouldBe($"state file {folder.File} cannot be used: {why}\n");
    }
}
