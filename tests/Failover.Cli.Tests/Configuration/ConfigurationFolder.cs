using System.Text;

namespace Failover;

/// <summary>A folder of files to read a configuration from.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    public const string Main = "failover.yaml";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-");

    /// <summary>What <c>${env:…}</c> finds.</summary>
    public Dictionary<string, string> Environment { get; } =
        new(StringComparer.Ordinal)
        {
            ["HOST"] = "mail.example.net",
            ["SECRET"] = "hunter2hunter2",
            ["NUMBER"] = "54321",
            ["IPV6"] = "::1",
            ["EMPTY"] = "",
        };

    public string this[string path] => Path.Combine(folder.FullName, path);

    public ConfigurationFolder Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public ConfigurationFolder Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllBytes(this[path], bytes);
        return this;
    }

    public ConfigurationReading Read() => ConfigurationFile.Read(this[Main], Environment.GetValueOrDefault);

    /// <summary>The configuration, which there is.</summary>
    public FailoverConfiguration ReadGood()
    {
        ConfigurationReading reading = Read();
        reading.ErrorText.ShouldBeEmpty();
        return reading.Configuration.ShouldNotBeNull();
    }

    /// <summary>What is told, with paths from this folder.</summary>
    public string ReadErrors() => Read().ErrorText.Replace($"{folder.FullName}/", "", StringComparison.Ordinal);

    public void Dispose() => folder.Delete(recursive: true);
}
