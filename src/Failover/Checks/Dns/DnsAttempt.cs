using System.Net;

namespace Failover;

/// <summary>What came of asking one address of a name server.</summary>
/// <param name="Answer">The answer; null where there is none.</param>
/// <param name="Fault">Why there is none.</param>
internal sealed record DnsAttempt(DnsAnswer? Answer, AddressFault Fault)
{
    /// <summary>An answer.</summary>
    public DnsAttempt(DnsAnswer answer)
        : this(answer, default) { }

    /// <summary>None.</summary>
    public DnsAttempt(AddressFault fault)
        : this(Answer: null, fault) { }

    /// <summary>How long each phase of it took.</summary>
    public PhaseTimes? Phases { get; init; }

    /// <summary>An answer that cannot be read.</summary>
    public static DnsAttempt Malformed(MalformedAnswerException fault, EndPoint target) =>
        new(new AddressFault(TcpEnding.Failed, $"malformed answer, {fault.Message}: {target}"));
}
