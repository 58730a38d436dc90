using System.Runtime.Versioning;

namespace Failover;

/// <summary>The two files of a certificate, in a directory that goes with the test.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory();

    public string Path => System.IO.Path.Combine(directory.FullName, "tls.crt");

    public string KeyPath => System.IO.Path.Combine(directory.FullName, "tls.key");

    [UnsupportedOSPlatform("windows")]
    public void Write((string Certificate, string Key) pair)
    {
        File.WriteAllText(Path, pair.Certificate);
        File.WriteAllText(KeyPath, pair.Key);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Dispose() => directory.Delete(recursive: true);
}
