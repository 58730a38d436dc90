using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Failover;

/// <summary>A certificate authority of its own for each test: a root that clients trust, and an issuer below it that they have
/// never seen.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 root;
    private readonly X509Certificate2 issuer;

    public TestAuthority()
    {
        using ECDsa rootKey = ECDsa.Create();
        root = Authority("CN=Test root", rootKey).CreateSelfSigned(Now.AddDays(-10), Now.AddDays(10));
        using ECDsa issuerKey = ECDsa.Create();
        using X509Certificate2 issued = Authority("CN=Test issuer", issuerKey)
            .Create(root, Now.AddDays(-9), Now.AddDays(9), [1]);
        issuer = issued.CopyWithPrivateKey(issuerKey);
    }

    private static DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>What clients trust, in PEM.</summary>
    public string RootPem => root.ExportCertificatePem();

    /// <summary>A certificate for the loopback or another host, its issuer behind it, and its key.</summary>
    public (string Certificate, string Key) Issue(string name, DateTimeOffset? notAfter = null, string? host = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(host ?? "localhost");
        if (host is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        using X509Certificate2 issued = request.Create(issuer, Now.AddDays(-8), notAfter ?? Now.AddDays(8), serial);
        return (
            $"{issued.ExportCertificatePem()}\n{issuer.ExportCertificatePem()}\n",
            key.ExportPkcs8PrivateKeyPem() + "\n"
        );
    }

    /// <summary>A certificate for a key of RSA's, which older clients want.</summary>
    public static string SelfSigned(RSA key)
    {
        CertificateRequest request = new("CN=rsa", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        return certificate.ExportCertificatePem();
    }

    /// <summary>A client that trusts the root, and knows no more than what the server sends.</summary>
    public SslClientAuthenticationOptions Client(SslProtocols protocols = SslProtocols.None) =>
        new()
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { root },
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };

    public void Dispose()
    {
        root.Dispose();
        issuer.Dispose();
    }

    private static CertificateRequest Authority(string name, ECDsa key) =>
        new(name, key, HashAlgorithmName.SHA256)
        {
            CertificateExtensions =
            {
                new X509BasicConstraintsExtension(true, false, 0, true),
                new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true),
            },
        };
}
