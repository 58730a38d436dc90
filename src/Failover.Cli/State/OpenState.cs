namespace Failover;

/// <summary>A state file that is open and sound.</summary>
/// <param name="File">The connection.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="State">What was stored.</param>
/// <param name="Lost">What is remembered of an earlier file.</param>
/// <param name="Path">Where it stands.</param>
internal sealed record OpenState(SqliteFile File, StateRows Rows, StoredState State, LostState Lost, string Path)
    : IDisposable
{
    public void Dispose()
    {
        Rows.Dispose();
        File.Dispose();
        StateFile.Release(Path);
    }
}
