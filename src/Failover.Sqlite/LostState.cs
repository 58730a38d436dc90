using System.Text;

namespace Failover;

/// <summary>Remembers that state was lost, as when the state file was damaged or removed.</summary>
/// <remarks>Authorised latches begin at fail after a loss. Until they are stored, each further start has to know of the loss as well,
/// wherever a process was killed: a file of its own says so, from before anything is moved until a write is stored.</remarks>
internal sealed class LostState(string path)
{
    private readonly string note = $"{path}.lost";

    /// <summary>Why state was lost, in one line; null where none was.</summary>
    public string? Read()
    {
        if (!File.Exists(note))
        {
            return null;
        }

        string why = File.ReadAllText(note).Trim();
        return why.Length > 0 ? Printable.Escape(why) : $"state file {path} was damaged";
    }

    /// <summary>Notes a loss.</summary>
    /// <param name="why">Why, in one line.</param>
    public void Write(string why)
    {
        string line = $"{why}\n";
        // Each attempt to go on after the loss notes it; only the first one has to write.
        if (!File.Exists(note) || File.ReadAllText(note) != line)
        {
            // Written beside and renamed: never half a line.
            string half = $"{note}.new";
            using (FileStream file = PrivateFile.Open(half, FileMode.Create))
            {
                file.Write(Encoding.UTF8.GetBytes(line));
                file.Flush(flushToDisk: true);
            }

            File.Move(half, note, overwrite: true);
        }

        StateFiles.SyncFolder(note);
    }

    /// <summary>What had to be stored after the loss is stored.</summary>
    /// <returns>Whether that could be noted.</returns>
    public bool TryForget()
    {
        try
        {
            File.Delete(note);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
