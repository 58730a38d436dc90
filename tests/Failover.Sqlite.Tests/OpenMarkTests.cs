using System.Diagnostics;

namespace Failover;

/// <summary>A state file says that it is in use, and then has a log beside it.</summary>
public sealed class OpenMarkTests : IDisposable
{
    private readonly StateFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("rm state.db-wal")]
    [InlineData("cp state.db x; rm state.db*; mv x state.db")]
    public async Task A_file_that_was_in_use_and_has_no_log_is_a_loss(string command)
    {
        using Process killed = SeparateProcess.Start(StateProcess.WriteAndHoldAsync, StateProcess.Shell(folder.File));
        (await killed.StandardOutput.ReadLineAsync(Cancel)).ShouldNotBeNull();
        killed.Kill();
        await killed.WaitForExitAsync(Cancel);
        StoreUnderLoss.Shell(folder.Place, command);

        StoredState state = await folder.LoadAsync();

        state.Loss.ShouldBe(
            $"state file {folder.File} was damaged (it was in use, and its log is missing) and is put aside as state.db.corrupt-20260101T000000Z"
        );
        folder.Names.ShouldContain("state.db.corrupt-20260101T000000Z");
    }

    [Fact]
    public async Task A_file_that_was_in_use_and_has_its_log_is_none()
    {
        using Process killed = SeparateProcess.Start(StateProcess.WriteAndHoldAsync, StateProcess.Shell(folder.File));
        (await killed.StandardOutput.ReadLineAsync(Cancel)).ShouldNotBeNull();
        killed.Kill();
        await killed.WaitForExitAsync(Cancel);

        for (int i = 0; i < 3; i++)
        {
            StoredState state = await folder.LoadAsync();
            state.Loss.ShouldBeNull();
            state.Failed().ShouldBe(["/mail"]);
        }

        folder.Names.ShouldBe(["state.db"]);
    }
}
