using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>What files and folders held when they were read, in short: equal where it was the same.</summary>
/// <param name="digests">What each of them held.</param>
internal sealed class FileContents(ImmutableDictionary<FilePlace, string> digests)
{
    private readonly ImmutableDictionary<FilePlace, string> digests = digests;

    public static FileContents None { get; } = new(ImmutableDictionary<FilePlace, string>.Empty);

    /// <summary>The files and folders.</summary>
    public IEnumerable<FilePlace> Places => digests.Keys;

    /// <summary>What the same files and folders hold now.</summary>
    /// <param name="hashes">What is known of the files; left out, nothing.</param>
    public FileContents Again(FileHashes? hashes = null)
    {
        FileReader reader = new(hashes);
        foreach (FilePlace place in digests.Keys)
        {
            reader.Track(place);
        }

        return reader.Contents;
    }

    public bool IsSameAs(FileContents other) =>
        digests.Count == other.digests.Count
        && digests.All(seen => other.digests.TryGetValue(seen.Key, out string? digest) && digest == seen.Value);

    public static string DigestOf(byte[] bytes) => DigestOf(Sha256.HashData(bytes), bytes.Length);

    public static string DigestOf(byte[] hash, long length) =>
        string.Create(CultureInfo.InvariantCulture, $"{length}:{Convert.ToHexString(hash)}");

    public static string DigestOf(IEnumerable<string> names) => string.Join('\0', names.Order(StringComparer.Ordinal));
}

/// <summary>A file or a folder that a configuration is made of.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Largest">How many bytes a file may have; of a folder, null.</param>
internal readonly record struct FilePlace(string Path, int? Largest);
