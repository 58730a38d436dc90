using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Failover;

/// <summary>The certificates that the files of a <see cref="TlsClient"/> hold.</summary>
internal sealed class ClientCertificates : IDisposable
{
    // Room for the bundle of a whole system.
    private const int LargestFile = 1 << 20;

    private readonly X509Certificate2Collection own = [];

    // Of the system, as the waits for files are.
    private readonly long started = TimeProvider.System.GetTimestamp();
    private readonly TimeSpan longestWait;

    private ClientCertificates(TimeSpan longestWait) => this.longestWait = longestWait;

    /// <summary>What the client trusts; null: what the system trusts.</summary>
    public X509Certificate2Collection? Trusted { get; private set; }

    /// <summary>How a chain of certificates is judged by that. Whoever connects waits for nobody else: no list of revoked certificates and no issuer
    /// is fetched.</summary>
    public X509ChainPolicy Policy
    {
        get
        {
            X509ChainPolicy policy = new()
            {
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            if (Trusted is { } trusted)
            {
                policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                policy.CustomTrustStore.AddRange(trusted);
            }

            return policy;
        }
    }

    /// <summary>What the client shows; null: nothing.</summary>
    public SslStreamCertificateContext? Client { get; private set; }

    /// <summary>Reads the files. Blocks for as long as a file system takes.</summary>
    /// <param name="client">Says which.</param>
    /// <param name="longestWait">How long that may take for all of them together.</param>
    /// <exception cref="CertificateFileException">One of them cannot be used.</exception>
    public static ClientCertificates Read(TlsClient client, TimeSpan longestWait)
    {
        ClientCertificates files = new(longestWait);
        try
        {
            if (client.Ca is { } ca)
            {
                files.Trusted = Certificates(ca, files.ReadText(ca));
            }

            if (client.ClientCertificate is { } path)
            {
                files.TakeClient(path, client.ClientKey ?? path);
            }

            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in own.Concat(Trusted ?? []))
        {
            certificate.Dispose();
        }
    }

    private void TakeClient(string path, string keyPath)
    {
        string text = ReadText(path);
        string key = keyPath == path ? text : ReadText(keyPath);
        own.AddRange(Certificates(path, text));
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(text, key);
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            throw new CertificateFileException(
                $"{keyPath} has no usable private key of the certificate in {path}",
                cause
            );
        }

        own.Add(certificate);
        // Offline: nothing is fetched because of what is in a certificate.
        Client = SslStreamCertificateContext.Create(certificate, own, offline: true);
    }

    private static X509Certificate2Collection Certificates(string path, string text)
    {
        X509Certificate2Collection found = [];
        try
        {
            found.ImportFromPem(text);
        }
        catch (CryptographicException cause)
        {
            throw new CertificateFileException($"{path} holds a malformed certificate", cause);
        }

        return found.Count > 0
            ? found
            : throw new CertificateFileException($"{path} holds no certificate in PEM", cause: null);
    }

    private string ReadText(string path)
    {
        try
        {
            double left = (longestWait - TimeProvider.System.GetElapsedTime(started)).TotalMilliseconds;
            FileContent content = FileThreads.OfChecks.Run(
                path,
                () => RegularFile.ReadHere(path, LargestFile),
                TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(left)))
            );
            return Encoding.UTF8.GetString(content.Bytes);
        }
        catch (FileFault fault)
        {
            throw new CertificateFileException($"{path} cannot be read: {fault.Message}", fault);
        }
    }
}

/// <summary>A file of certificates or of a key that cannot be used, in words for people.</summary>
internal sealed class CertificateFileException(string message, Exception? cause) : Exception(message, cause);
