using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>A file of certificates or of a private key.</summary>
internal sealed record PemFile(string Text, bool IsOpenToOthers)
{
    /// <summary>The largest file accepted, in bytes: 1 MiB, some 500 certificates.</summary>
    public const int LargestSize = 1 << 20;

    private const UnixFileMode ByOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public bool HasKey => Text.Contains("PRIVATE KEY-----", StringComparison.Ordinal);

    /// <summary>In the new format or in the old one (RFC 1421, 4.6.1.1).</summary>
    public bool HasEncryptedKey =>
        Text.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal)
        || (HasKey && Text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal));

    /// <summary>Whether the key in it is well-formed, of whatever certificate.</summary>
    public bool IsReadable => CanImport(RSA.Create) || CanImport(ECDsa.Create);

    /// <summary>Reads one.</summary>
    /// <exception cref="FailoverStartException">It is missing, unreadable or too large.</exception>
    public static PemFile Read(string path)
    {
        try
        {
            // Shared with everyone: who writes a new one is not to fail.
            const FileShare any = FileShare.ReadWrite | FileShare.Delete;
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, any, bufferSize: 0);
            using MemoryStream content = new();
            byte[] block = new byte[16 * 1024];
            for (int got; (got = file.Read(block)) > 0; )
            {
                content.Write(block, 0, got);
                if (content.Length > LargestSize)
                {
                    string most = LargestSize.ToString(CultureInfo.InvariantCulture);
                    throw new FailoverStartException($"{path}: got more than {most} bytes; accepted: at most {most}");
                }
            }

            bool isOpenToOthers =
                !OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(file.SafeFileHandle) & ByOthers) != UnixFileMode.None;
            return new(Encoding.UTF8.GetString(content.GetBuffer().AsSpan(0, (int)content.Length)), isOpenToOthers);
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
        {
            string reason = cause.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new FailoverStartException(
                $"{path}: cannot be read ({reason}); accepted: a file that this process may read",
                cause
            );
        }
    }

    private bool CanImport(Func<AsymmetricAlgorithm> create)
    {
        using AsymmetricAlgorithm key = create();
        try
        {
            key.ImportFromPem(Text);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
