using System.Net.Sockets;
using System.Security.Authentication;

namespace Failover;

/// <summary>What the failure of a connection says, and what is none.</summary>
public sealed class StreamFaultTests
{
    public static TheoryData<Exception, HealthState, string> Faults =>
        new()
        {
            { new EndOfStreamException(), Fail, "connection closed in name resolution: web" },
            { new IOException("ended"), Fail, "connection closed in name resolution: web" },
            { new IOException("a", new IOException("b")), Fail, "connection closed in name resolution: web" },
            {
                new IOException("a", new SocketException((int)SocketError.ConnectionReset)),
                Fail,
                "connection reset in name resolution: web"
            },
            {
                new IOException(
                    "a",
                    new InvalidDataException("error:0A00045C:SSL routines::alert certificate required")
                ),
                Fail,
                "TLS failed in name resolution, alert certificate required: web"
            },
            { new AuthenticationException("no."), Fail, "TLS handshake failed, no: web" },
            { new OperationCanceledException(), Fail, "timed out after 1s in name resolution: web" },
            {
                new HttpRequestException("only ASCII is accepted."),
                Error,
                "could not go on in name resolution (HttpRequestException, only ASCII is accepted): web"
            },
            {
                new HttpRequestException("a", new InvalidOperationException()),
                Error,
                "could not go on in name resolution (HttpRequestException, a): web"
            },
        };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void A_fault_of_the_connection_is_a_fail_and_any_other_an_error(
        Exception fault,
        HealthState state,
        string reason
    )
    {
        Observation seen = StreamFault.Read(fault, new(new ManualTime(), Second(1)), "web");

        (seen.State, seen.Reason).ShouldBe((state, reason));
    }
}
