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
    /// <summary>Asks. Never throws: what keeps it from an answer is an outcome.</summary>
    /// <param name="phases">Takes how long each phase lasts.</param>
    /// <param name="deadline">The end of the time for all of it.</param>
    public async ValueTask<DnsOutcome> RunAsync(PhaseTimes phases, CancellationToken deadline)
    {
        Resolution found = await server.ResolveAsync(family, time, deadline);
        if (found.Cause is not null)
        {
            return new(null, found.Verdict(server.Text));
        }

        IPAddress[] addresses = [.. found.Addresses.Where(address => family.Has(address))];
        DnsOutcome? first = null;
        foreach (IPAddress address in addresses)
        {
            DnsOutcome outcome = await AskAsync(new(address, server.Port.Number), phases, deadline);
            if (outcome.Answer is not null || deadline.IsCancellationRequested)
            {
                return outcome;
            }

            first ??= outcome;
        }

        return first ?? new(null, Observation.Fail($"no {family.Word()} address: {server.Text}"));
    }

    private async ValueTask<DnsOutcome> AskAsync(IPEndPoint target, PhaseTimes phases, CancellationToken deadline)
    {
        // With the port that the system chooses: what an answer has to know that comes from somewhere else (RFC 5452, 4).
        ushort id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        byte[] query = question.Query(id);
        DnsOutcome outcome = await new DnsDatagrams(target, id, question, time).RunAsync(query, phases, deadline);
        return outcome.Answer is { IsTruncated: true }
            ? await new DnsStream(target, id, question, time).RunAsync(query, phases, deadline)
            : outcome;
    }
}

/// <summary>What came of a query.</summary>
/// <param name="Answer">The answer; null where there is none.</param>
/// <param name="Failure">Why there is none.</param>
internal sealed record DnsOutcome(DnsAnswer? Answer, Observation? Failure)
{
    /// <summary>What is wrong with an answer that cannot be read.</summary>
    public static DnsOutcome Malformed(MalformedAnswerException fault, EndPoint target) =>
        new(null, Observation.Fail($"malformed answer, {fault.Message}: {target}"));
}
