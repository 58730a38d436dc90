using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>Notices that what a configuration was read from has changed.</summary>
/// <remarks>The files are read once a second and compared by content. Notices of the kernel's are not asked for: they can run out,
/// do not tell of a symbolic link far up the path that leads elsewhere (a ConfigMap), and are not to be had on every file
/// system; and a file is small. A change is told once the content was the same in two looks in a row, so that one that is being
/// written is not read by halves.</remarks>
/// <param name="time">The clock.</param>
/// <param name="changed">Called for each change, once.</param>
internal sealed class ConfigurationWatch(TimeProvider time, Action changed) : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A file that has grown beyond what is read at all is one that has changed: how does not matter.
    private const int MostBytes = 32 << 20;

    private readonly Lock gate = new();
    private IReadOnlyList<string> files = [];
    private IReadOnlyList<string> folders = [];
    private ITimer? timer;
    private string known = "";
    private string seen = "";

    /// <summary>From now on watches what this reading was made of. What is there now is what was read.</summary>
    public void Follow(ConfigurationReading reading)
    {
        lock (gate)
        {
            files = reading.Sources;
            folders = reading.Folders;
            known = seen = Look();
            timer ??= time.CreateTimer(_ => Check(), state: null, Interval, Interval);
        }
    }

    public void Dispose() => timer?.Dispose();

    private void Check()
    {
        // A file system that hangs holds up one look and not one more every second.
        if (!gate.TryEnter())
        {
            return;
        }

        bool isChange;
        try
        {
            string now = Look();
            isChange = now != known && now == seen;
            seen = now;
            known = isChange ? now : known;
        }
        finally
        {
            gate.Exit();
        }

        if (isChange)
        {
            changed();
        }
    }

    private string Look()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\0{file}\0"));
            hash.AppendData(ContentOf(file));
        }

        foreach (string folder in folders)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\0{string.Join('\0', NamesIn(folder))}"));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static byte[] ContentOf(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return stream.Length > MostBytes ? BitConverter.GetBytes(stream.Length) : ReadAll(stream);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return Encoding.UTF8.GetBytes(missing.GetType().Name);
        }
    }

    private static byte[] ReadAll(FileStream stream)
    {
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static IEnumerable<string> NamesIn(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return [missing.GetType().Name];
        }
    }
}
