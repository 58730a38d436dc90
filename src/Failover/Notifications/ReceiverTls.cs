using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Failover;

/// <summary>Judges the certificates of receivers by the roots that a file holds.</summary>
internal static class ReceiverTls
{
    /// <summary>The judge; null where the system's own roots are trusted, and its own judge is asked.</summary>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; null: those of the system.</param>
    public static RemoteCertificateValidationCallback? JudgeOf(string? ca) =>
        ca is null
            ? null
            : (_, certificate, chain, errors) => IsTrusted(ca, certificate as X509Certificate2, chain, errors);

    // The file is read each time: it may have been renewed.
    private static bool IsTrusted(string ca, X509Certificate2? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        X509Certificate2Collection roots = [];
        roots.ImportFromPemFile(ca);
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (sent is not null)
        {
            // The issuers between, which the server sends along.
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(certificate);
    }
}
