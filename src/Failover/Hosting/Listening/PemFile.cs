using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>A file of certificates or of a private key.</summary>
internal sealed record PemFile(string Text, bool IsOpenToOthers)
{
    /// <summary>The largest file accepted, in bytes: 1 MiB, some 500 certificates.</summary>
    public const int LargestSize = 1 << 20;

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
            FileContent content = RegularFile.Read(path, LargestSize);
            return new(Encoding.UTF8.GetString(content.Bytes), content.IsOpenToOthers);
        }
        catch (FileFault fault) when (fault.Problem == FileProblem.TooLarge)
        {
            string most = LargestSize.ToString(CultureInfo.InvariantCulture);
            throw new FailoverStartException($"{path}: got more than {most} bytes; accepted: at most {most}", fault);
        }
        catch (FileFault fault)
        {
            throw new FailoverStartException(
                $"{path}: cannot be read ({fault.Message}); accepted: a regular file that this process may read",
                fault
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
