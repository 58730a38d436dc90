using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Failover;

/// <summary>How a check speaks TLS: what it trusts, and what it shows.</summary>
/// <param name="Ca">A file with the root certificates that are trusted; null: those of the system.</param>
/// <param name="IsInsecure">Whether any certificate is accepted.</param>
/// <param name="ClientCertificate">A file with the client's certificate and those of its issuers; null: none is shown.</param>
/// <param name="ClientKey">A file with its key; null: it is in the file of the certificate.</param>
internal sealed record TlsClient(
    string? Ca = null,
    bool IsInsecure = false,
    string? ClientCertificate = null,
    string? ClientKey = null
)
{
    /// <summary>The judge of one handshake.</summary>
    /// <param name="serverName">The name or address that the certificate has to be for.</param>
    /// <param name="now">The time, by the wall clock.</param>
    /// <param name="isValidityAsked">Whether it is asked how long the certificate is valid.</param>
    public CertificateVerdict Verdict(string serverName, DateTimeOffset now, bool isValidityAsked = true) =>
        new(serverName.TrimEnd('.'), IsInsecure, now, isValidityAsked);

    /// <summary>Whether a handshake reads files.</summary>
    public bool HasFiles => Ca is not null || ClientCertificate is not null;

    /// <summary>How long reading them may take, ahead of the time that the target has.</summary>
    /// <param name="timeout">How long the target may take.</param>
    public TimeSpan FilesTimeout(TimeSpan timeout) =>
        !HasFiles ? TimeSpan.Zero
        : timeout < FileThreads.LongestWait ? timeout
        : FileThreads.LongestWait;

    /// <summary>The settings of one handshake.</summary>
    /// <param name="verdict">Judges the certificate.</param>
    /// <param name="files">What the files hold.</param>
    /// <param name="protocol">What is spoken over it; null: not said.</param>
    private static SslClientAuthenticationOptions Options(
        CertificateVerdict verdict,
        ClientCertificates files,
        SslApplicationProtocol? protocol
    )
    {
        X509ChainPolicy policy = files.Policy;
        policy.VerificationTime = verdict.Now.UtcDateTime;
        policy.VerificationTimeIgnored = false;
        if (!verdict.IsChainAsked && files.Trusted is null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        }

        return new()
        {
            TargetHost = verdict.ServerName,
            CertificateChainPolicy = policy,
            ClientCertificateContext = files.Client,
            ApplicationProtocols = protocol is { } one ? [one] : null,
            RemoteCertificateValidationCallback = verdict.Accept,
            // In a resumed session neither side shows a certificate: the server would be judged by the one that it had in an earlier
            // probe, perhaps of another check.
            AllowTlsResume = false,
        };
    }

    /// <summary>Makes the handshake.</summary>
    /// <param name="transport">The connection. It is closed with the stream that comes of this, or here where none does.</param>
    /// <param name="target">Where it leads to, for people.</param>
    /// <param name="verdict">Judges the certificate.</param>
    /// <param name="files">What the files hold.</param>
    /// <param name="protocol">What is spoken over it; null: not said.</param>
    /// <param name="phases">Takes how long it lasts.</param>
    /// <param name="deadline">The end of the time for it.</param>
    /// <returns>The stream, or why there is none.</returns>
    public static async ValueTask<(SslStream? Stream, Observation? Failure)> HandshakeAsync(
        Stream transport,
        string target,
        CertificateVerdict verdict,
        ClientCertificates files,
        SslApplicationProtocol? protocol,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        phases.Begin(ProbePhase.Tls);
        SslStream stream = new(transport);
        SslStream? unused = stream;
        try
        {
            await stream.AuthenticateAsClientAsync(Options(verdict, files, protocol), deadline);
            unused = null;
            return (stream, null);
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or OperationCanceledException)
        {
            return (
                null,
                verdict.Problem is { } problem
                    ? Observation.Fail($"{problem}: {target}")
                    : StreamFault.Read(fault, phases, target)
            );
        }
        finally
        {
            phases.CertificateEnds = verdict.ValidUntil;
            if (unused is not null)
            {
                await unused.DisposeAsync();
            }
        }
    }
}
