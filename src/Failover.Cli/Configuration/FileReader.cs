using System.Collections.Immutable;

namespace Failover;

/// <summary>Reads the files and folders that a configuration is made of, and remembers what they held: what differs later is a change
/// of the configuration.</summary>
/// <param name="hashes">What is known of the files that are read only to compare them; left out, nothing.</param>
internal sealed class FileReader(FileHashes? hashes = null)
{
    private readonly Dictionary<FilePlace, string> digests = [];
    private readonly Dictionary<FilePlace, FileReading> readings = [];
    private readonly HashSet<FilePlace> unanswered = [];
    private string? silent;

    /// <summary>Whether a file that is read twice is the same both times.</summary>
    public bool KeepsReadings { get; init; }

    /// <summary>What has been read so far.</summary>
    public FileContents Contents => new(digests.ToImmutableDictionary());

    /// <summary>Reads a file whole. Once one has given no answer, no other is tried: the configuration cannot be had, and a file system
    /// that hangs is waited for once.</summary>
    /// <param name="file">Where it is.</param>
    /// <param name="largest">How many bytes it may have.</param>
    public FileReading Read(string file, int largest)
    {
        FilePlace place = new(file, largest);
        if (readings.TryGetValue(place, out FileReading known))
        {
            silent ??= unanswered.Contains(place) ? place.Path : null;
            return known;
        }

        if (silent is not null)
        {
            return new([], $"is not read, for {Printable.Quoted(silent)} does not answer");
        }

        try
        {
            byte[] bytes = RegularFile.Read(file, largest).Bytes;
            digests[place] = FileContents.DigestOf(bytes);
            FileReading reading = new(bytes, Flaw: null);
            if (KeepsReadings)
            {
                readings.Add(place, reading);
            }

            return reading;
        }
        catch (FileFault fault)
        {
            Take(fault, place);
            FileReading flawed = FileReading.Of(fault, largest);
            if (KeepsReadings)
            {
                readings.Add(place, flawed);
                if (fault.Problem == FileProblem.NoAnswer)
                {
                    unanswered.Add(place);
                }
            }

            return flawed;
        }
    }

    /// <summary>The same files are read again, from the first on: what gave no answer then is met in its place.</summary>
    public void BeginAgain() => silent = null;

    /// <summary>The names in a folder that are wanted, in their order.</summary>
    /// <param name="folder">Where it is.</param>
    /// <param name="isWanted">Whether a name is.</param>
    /// <exception cref="FileFault">It cannot be listed.</exception>
    public IReadOnlyList<FolderEntry> List(string folder, Func<string, bool> isWanted)
    {
        FilePlace place = new(folder, Largest: null);
        ThrowIfSilent();
        try
        {
            (string[] all, FolderEntry[] wanted) = FileThreads.OfProcess.Run(
                folder,
                () => FolderEntry.In(folder, isWanted)
            );
            digests[place] = FileContents.DigestOf(all);
            return wanted;
        }
        catch (FileFault fault)
        {
            Take(fault, place);
            throw;
        }
    }

    /// <summary>What is at a path that need not exist; null where nothing does.</summary>
    /// <exception cref="FileFault">That is not to be learnt.</exception>
    public FolderEntry? Find(string path)
    {
        FilePlace place = new(path, Largest: null);
        ThrowIfSilent();
        try
        {
            FolderEntry? found = FileThreads.OfProcess.Run(path, () => FolderEntry.At(path));
            if (found is null)
            {
                digests[place] = FileFault.Missing.Message;
            }

            return found;
        }
        catch (FileFault fault)
        {
            Take(fault, place);
            throw;
        }
    }

    /// <summary>Reads what is at a place only to remember it.</summary>
    public void Track(FilePlace place)
    {
        if (place.Largest is { } largest)
        {
            TrackFile(place, largest);
        }
        else
        {
            try
            {
                List(place.Path, _ => false);
            }
            catch (FileFault)
            {
                // Remembered as well.
            }
        }

        // It is waited for once, too, but the others are still to be read.
        silent = null;
    }

    // Again and again, however large it is: it does not have to be in memory.
    private void TrackFile(FilePlace place, int largest)
    {
        try
        {
            FileHash hash = hashes?.Of(place.Path, largest) ?? RegularFile.Hash(place.Path, largest);
            digests[place] = FileContents.DigestOf(hash.Hash, hash.Length);
        }
        catch (FileFault fault)
        {
            Take(fault, place);
        }
    }

    private void ThrowIfSilent()
    {
        if (silent is not null)
        {
            throw new FileFault(FileProblem.NoAnswer, $"{Printable.Quoted(silent)} does not answer");
        }
    }

    private void Take(FileFault fault, FilePlace place)
    {
        // What cannot be read is another content once it can.
        digests[place] = fault.Message;
        if (fault.Problem == FileProblem.NoAnswer)
        {
            silent ??= place.Path;
        }
    }
}
