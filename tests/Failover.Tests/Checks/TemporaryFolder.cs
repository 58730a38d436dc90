namespace Failover;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-");

    public string Path => folder.FullName;

    /// <summary>Writes a file and gives its path.</summary>
    public string Write(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Makes a FIFO that nobody has open, and gives its path.</summary>
    public string MakeFifo(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        Fifo.Make(path);
        return path;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
