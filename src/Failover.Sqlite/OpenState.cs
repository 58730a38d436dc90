namespace Failover;

/// <summary>A state file that is open and sound.</summary>
/// <param name="path">The path by which it is known.</param>
/// <param name="target">Where that leads to.</param>
/// <param name="file">The connection.</param>
/// <param name="rows">Its rows.</param>
/// <param name="lost">What is remembered of a loss.</param>
internal sealed class OpenState(string path, string target, SqliteFile file, StateRows rows, LostState lost)
    : IDisposable
{
    private readonly string log = $"{target}-wal";
    private readonly FileNode? fileNode = FileNode.OfTarget(path);
    private readonly FileNode? logNode = FileNode.OfTarget($"{target}-wal");
    private (long Length, DateTime Changed) content = ContentOf(target);

    public string Target => target;

    public SqliteFile File => file;

    public StateRows Rows => rows;

    public LostState Lost => lost;

    /// <summary>Whether this file is the one at its path, whatever its log is.</summary>
    public bool IsAtPath => FileNode.OfTarget(path) == fileNode;

    /// <summary>Whether no other process has written to the file, as far as its length and the time of its newest change tell.</summary>
    public bool IsUntouched => ContentOf(target) == content;

    /// <summary>Why what is written to it does not count, as a part of a sentence; null where it and its log are those at its
    /// path.</summary>
    public string? Displacement
    {
        get
        {
            FileNode? there = FileNode.OfTarget(path);
            if (there != fileNode)
            {
                return there is null
                    ? "it was removed while it was in use"
                    : "it was replaced by another file while it was in use";
            }

            return FileNode.OfTarget(log) == logNode ? null : "its log was removed or replaced while it was in use";
        }
    }

    /// <summary>What is in the file now was written by this process.</summary>
    public void TakeContent() => content = ContentOf(target);

    public void Dispose()
    {
        rows.Dispose();
        file.Dispose();
    }

    // Checkpoints alone write to it, on the thread that asks here.
    private static (long Length, DateTime Changed) ContentOf(string file)
    {
        FileInfo info = new(file);
        return info.Exists ? (info.Length, info.LastWriteTimeUtc) : default;
    }
}
