using System.Globalization;

namespace Failover;

/// <summary>Keeps a copy of a state file as it was before its migration, for going back to an older program.</summary>
internal static class MigrationCopy
{
    /// <summary>Makes <c>state.db.v1</c>, or that with a number where it is taken by another copy.</summary>
    /// <param name="file">The file, open, with all that its log holds.</param>
    /// <param name="path">Its path.</param>
    /// <param name="version">The version of its schema.</param>
    /// <exception cref="SqliteFault">There is no copy.</exception>
    /// <exception cref="IOException">There is no copy.</exception>
    public static void Make(SqliteFile file, string path, int version)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{path}.v{version}");
        string half = $"{name}.new";
        PrivateFile.Open(half, FileMode.Create).Dispose();
        file.CopyTo(half);
        Sync(half);
        string free = name;
        for (int i = 2; StateFiles.Exists(free); i++)
        {
            if (IsLike(free, half))
            {
                // An earlier start was ended before its migration.
                File.Delete(half);
                return;
            }

            free = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        }

        File.Move(half, free, overwrite: false);
        StateFiles.SyncFolder(free);
    }

    private static void Sync(string path)
    {
        using FileStream file = PrivateFile.Open(path, FileMode.OpenOrCreate);
        file.Flush(flushToDisk: true);
    }

    private static bool IsLike(string file, string copy)
    {
        if (FileNode.OfTarget(file) is not { IsRegularFile: true })
        {
            return false;
        }

        using FileStream one = File.OpenRead(file);
        using FileStream other = File.OpenRead(copy);
        byte[] bytes = new byte[1 << 16];
        byte[] otherBytes = new byte[bytes.Length];
        bool isLike = one.Length == other.Length;
        for (int read = 1; isLike && read > 0; )
        {
            read = one.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _ = other.ReadAtLeast(otherBytes, otherBytes.Length, throwOnEndOfStream: false);
            isLike = bytes.AsSpan(0, read).SequenceEqual(otherBytes.AsSpan(0, read));
        }

        return isLike;
    }
}
