using System.Net;
using System.Security.Cryptography;

namespace Failover;

/// <summary>One query and its answer: by UDP, and by TCP where the answer does not fit into a datagram.</summary>
/// <param name="server">Who is asked.</param>
/// <param name="family">Its addresses that are tried.</param>
/// <param name="question">What.</param>
/// <param name="time">The clock.</param>
internal sealed class DnsExchange(DnsServer server, IpFamily family, DnsQuestion question, TimeProvider time)
{
    /// <summary>Asks one address after another, as <see cref="AddressRace"/> does, until one answers, whatever that is. Never throws: what
    /// keeps it from an answer is an outcome.</summary>
    /// <param name="phases">Takes how long it takes to find the addresses.</param>
    /// <param name="deadline">The end of the time for all of it.</param>
    public async ValueTask<DnsOutcome> RunAsync(PhaseTimes phases, CancellationToken deadline)
    {
        Resolution found = await server.ResolveAsync(family, time, deadline);
        if (found.Cause is not null)
        {
            return new(null, found.Verdict(server.Text), phases);
        }

        IPAddress[] addresses = Array.FindAll(found.Addresses, address => family.Has(address));
        if (addresses.Length == 0)
        {
            return new(null, Observation.Fail($"no {family.Word()} address: {server.Text}"), phases);
        }

        phases.Begin(ProbePhase.FirstByte);
        IReadOnlyList<DnsAttempt> attempts = await AddressRace.RunAsync(
            addresses,
            (address, race) => AskAsync(new(address, server.Port.Number), phases.Fork(), race),
            static attempt => attempt.Answer is not null,
            static _ => { },
            time,
            deadline
        );
        DnsAttempt best = attempts.FirstOrDefault(attempt => attempt.Answer is not null) ?? attempts[0];
        return new(
            best.Answer,
            best.Answer is null
                ? AddressVerdict.Of([.. attempts.Select(attempt => attempt.Fault)], addresses.Length)
                : null,
            best.Phases!
        );
    }

    private async Task<DnsAttempt> AskAsync(IPEndPoint target, PhaseTimes phases, CancellationToken deadline)
    {
        // With the port that the system chooses: what an answer has to know that comes from somewhere else (RFC 5452, 4).
        ushort id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        byte[] query = question.Query(id);
        DnsAttempt attempt = await new DnsDatagrams(target, id, question, time).RunAsync(query, phases, deadline);
        attempt = attempt.Answer is { IsTruncated: true }
            ? await new DnsStream(target, id, question).RunAsync(query, phases, deadline)
            : attempt;
        return attempt with { Phases = phases };
    }
}
