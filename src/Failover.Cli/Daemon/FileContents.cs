using System.Security.Cryptography;

namespace Failover;

/// <summary>What files and folders held when they were looked at, in short: equal where it was the same.</summary>
internal sealed class FileContents
{
    // A file of a configuration is much shorter; of what is longer, the beginning and the length are looked at.
    private const int Largest = 16 * 1024 * 1024;

    private readonly Dictionary<string, string> digests;

    private FileContents(Dictionary<string, string> digests) => this.digests = digests;

    public static FileContents None { get; } = new([]);

    /// <summary>Looks.</summary>
    /// <param name="files">By content, whatever leads to it.</param>
    /// <param name="folders">By the names in them.</param>
    public static FileContents Of(IEnumerable<string> files, IEnumerable<string> folders)
    {
        Dictionary<string, string> seen = new(StringComparer.Ordinal);
        foreach (string file in files)
        {
            seen[file] = Guarded(file, OfFile);
        }

        foreach (string folder in folders)
        {
            seen[$"{folder}/"] = Guarded(folder, OfFolder);
        }

        return new(seen);
    }

    public bool IsSameAs(FileContents other) =>
        digests.Count == other.digests.Count
        && digests.All(seen => other.digests.TryGetValue(seen.Key, out string? digest) && digest == seen.Value);

    /// <summary>These, with what <paramref name="earlier"/> has seen of the same files in their place.</summary>
    public FileContents As(FileContents earlier) =>
        new(
            digests.ToDictionary(
                seen => seen.Key,
                seen => earlier.digests.GetValueOrDefault(seen.Key, seen.Value),
                StringComparer.Ordinal
            )
        );

    private static string Guarded(string path, Func<string, string> digest)
    {
        try
        {
            return digest(path);
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // A content like any other: what cannot be read is another one once it can.
            return fault.GetType().Name;
        }
    }

    private static string OfFile(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // A pipe or a device gives something else at each look, or nothing ever.
        if (!stream.CanSeek)
        {
            return "no file";
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[64 * 1024];
        int total = 0;
        while (total < Largest && stream.Read(buffer) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
            total += count;
        }

        return $"{stream.Length}:{Convert.ToHexString(hash.GetHashAndReset())}";
    }

    private static string OfFolder(string path) =>
        string.Join('\0', Directory.EnumerateFileSystemEntries(path).Order(StringComparer.Ordinal));
}
