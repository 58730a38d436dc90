namespace Failover;

/// <summary>What files hold, asked again and again: one that the system says is as it was is not read again. By one thread at a time.</summary>
/// <remarks>A file that is changed twice within one tick of its file system's clock, once before and once after it was read, has the same
/// stamp both times. So a stamp proves something only if it was old when the file was read.</remarks>
/// <param name="time">The clock.</param>
internal sealed class FileHashes(TimeProvider time)
{
    /// <summary>How old a stamp has to be. A tick is up to 2 s (FAT); the rest is for a file server whose clock is behind.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>After so long a file is read in any case: mapped memory, and file systems of others, may tell late.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(30);

    private readonly Dictionary<FilePlace, (FileHash Hash, long ReadAt)> known = [];

    /// <summary>What a file holds.</summary>
    /// <inheritdoc cref="RegularFile.Hash"/>
    public FileHash Of(string path, int largest)
    {
        FilePlace place = new(path, largest);
        FileHash? trusted =
            known.TryGetValue(place, out var last) && time.GetElapsedTime(last.ReadAt) < Trust ? last.Hash : null;
        (long begun, DateTimeOffset wall) = (time.GetTimestamp(), time.GetUtcNow());
        FileHash hash = RegularFile.Hash(path, largest, trusted);
        if (ReferenceEquals(hash, trusted))
        {
            return hash;
        }

        known.Remove(place);
        if (hash.Stamp is { } stamp && wall - stamp.LastTouch > Rest)
        {
            known.Add(place, (hash, begun));
        }

        return hash;
    }
}
