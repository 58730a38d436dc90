using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Failover;

/// <summary>Speaks TLS with whoever connects, with the certificate as it is at that moment.</summary>
internal sealed class TlsTermination(TlsCertificate certificate)
{
    // As long as a head may take.
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    private volatile TlsCertificate certificate = certificate;

    public TlsCertificate Certificate
    {
        get => certificate;
        set => certificate = value;
    }

    public void Terminate(ListenOptions listen) =>
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = HandshakeTimeout,
                OnConnection = _ => ValueTask.FromResult(certificate.Options),
            }
        );
}
