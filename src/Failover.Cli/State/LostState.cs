using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>What is remembered of a damaged state file: itself, beside the new one, and that there was a loss.</summary>
/// <remarks>The latches of a damaged file begin at fail. Until that is stored, a second start must know of the loss as well,
/// wherever the first was killed: a file of its own says so, from before the damaged one is moved until the first write
/// after it is stored.</remarks>
internal sealed class LostState(string path, TimeProvider time)
{
    // What SQLite may have left beside a file; a log goes with its file, under the name that SQLite looks for.
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

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

    /// <summary>Moves a damaged file out of the way.</summary>
    public void PutAside(string why)
    {
        string aside = FreeName();
        Write($"state file {path} was damaged ({why}) and is put aside as {Path.GetFileName(aside)}");
        foreach (string companion in (string[])["", .. Companions])
        {
            if (File.Exists(path + companion))
            {
                File.Move(path + companion, aside + companion, overwrite: false);
            }
        }
    }

    /// <summary>What had to be stored for it is stored.</summary>
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

    private void Write(string why)
    {
        // Written beside and renamed: never half a line.
        string half = $"{note}.new";
        using (FileStream file = PrivateFile.Open(half, FileMode.Create))
        {
            file.Write(Encoding.UTF8.GetBytes($"{why}\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(half, note, overwrite: true);
    }

    private string FreeName()
    {
        string name =
            $"{path}.corrupt-{time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        string free = name;
        for (int i = 2; ((string[])["", .. Companions]).Any(companion => File.Exists(free + companion)); i++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        }

        return free;
    }
}
