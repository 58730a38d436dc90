using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Failover;

/// <summary>What the files of a certificate and its key said when they were read and found good.</summary>
internal sealed class TlsCertificateReading
{
    private readonly byte[] digest;
    private readonly string path;
    private readonly string? openKey;
    private readonly DateTimeOffset notBefore;
    private readonly DateTimeOffset notAfter;

    private TlsCertificateReading(
        string path,
        X509Certificate2 certificate,
        X509Certificate2Collection chain,
        byte[] digest,
        string? openKey
    )
    {
        this.path = path;
        this.digest = digest;
        this.openKey = openKey;
        notBefore = new DateTimeOffset(certificate.NotBefore);
        notAfter = new DateTimeOffset(certificate.NotAfter);
        Options = new SslServerAuthenticationOptions
        {
            // Offline: nothing is fetched because of what is in a certificate.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
    }

    /// <summary>One for all handshakes with this certificate, so that a client that comes back may resume its session.</summary>
    public SslServerAuthenticationOptions Options { get; }

    /// <summary>What is accepted but should not be.</summary>
    public IEnumerable<string> Warnings(DateTimeOffset now)
    {
        if (openKey is not null)
        {
            yield return $"{openKey}: every user of this machine may read or change it; better: chmod o-rw";
        }

        if (now < notBefore)
        {
            yield return $"{path}: the certificate is not valid before {Stamp(notBefore)}";
        }
        else if (now > notAfter)
        {
            yield return $"{path}: the certificate has expired: it was valid until {Stamp(notAfter)}";
        }
    }

    /// <summary>Reads the files.</summary>
    /// <param name="path">The certificate, and behind it those that lead to its root.</param>
    /// <param name="keyPath">The private key.</param>
    /// <param name="last">The last good reading, which is given back where nothing has changed.</param>
    /// <exception cref="FailoverStartException">The files cannot be used.</exception>
    public static TlsCertificateReading Read(string path, string keyPath, TlsCertificateReading? last)
    {
        PemFile certificates = PemFile.Read(path);
        PemFile key = PemFile.Read(keyPath);
        string? open = key.IsOpenToOthers ? keyPath : null;
        byte[] found = SHA256.HashData(Encoding.UTF8.GetBytes($"{certificates.Text}\0{key.Text}"));
        if (last is not null && last.path == path && last.openKey == open && last.digest.AsSpan().SequenceEqual(found))
        {
            return last;
        }

        X509Certificate2Collection chain = Chain(path, certificates);
        return new(path, WithKey(path, certificates, keyPath, key), chain, found, open);
    }

    private static X509Certificate2Collection Chain(string path, PemFile certificates)
    {
        X509Certificate2Collection chain = [];
        try
        {
            chain.ImportFromPem(certificates.Text);
        }
        catch (CryptographicException cause)
        {
            throw new FailoverStartException($"{path}: got a malformed certificate; accepted: PEM", cause);
        }

        return chain.Count > 0
            ? chain
            : throw new FailoverStartException(
                $"{path}: got no certificate; accepted: PEM, the server's first and those of its issuers behind it"
            );
    }

    private static X509Certificate2 WithKey(string path, PemFile certificates, string keyPath, PemFile key)
    {
        if (key.HasEncryptedKey)
        {
            throw new FailoverStartException(
                $"{keyPath}: got a key that is encrypted; accepted: one without a passphrase, in a file that only this process may read"
            );
        }

        if (!key.HasKey)
        {
            throw new FailoverStartException($"{keyPath}: got no private key; accepted: PEM");
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificates.Text, key.Text);
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            string got = key.IsReadable ? $"a key that is not that of the certificate in {path}" : "a malformed key";
            throw new FailoverStartException($"{keyPath}: got {got}; accepted: the certificate's own, in PEM", cause);
        }
    }

    private static string Stamp(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
