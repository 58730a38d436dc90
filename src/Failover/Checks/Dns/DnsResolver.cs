using System.Net;

namespace Failover;

/// <summary>Finds the addresses of a name by asking one name server: neither the system's configuration nor its hosts file counts.</summary>
/// <remarks>What keeps the name server from saying whether there are any is an error: it says nothing of the target.</remarks>
/// <param name="Server">Who is asked. Its own name, where it has one, is looked up by the system.</param>
internal sealed record DnsResolver(DnsServer Server) : INameResolver
{
    // How long addresses of one family wait for those of the other (RFC 8305, 3).
    private static readonly TimeSpan ResolutionDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>The option that chooses one.</summary>
    public static FormattedOption Option() =>
        new(
            "resolver",
            "the name server that is asked for the addresses of the host",
            DnsServer.Accepted,
            "192.0.2.53:5353",
            text => DnsServer.Parse(text) is null ? "" : null,
            "the system's resolver"
        );

    /// <summary>What looks up names where that option is checked.</summary>
    public static INameResolver Of(string? resolver) =>
        resolver is null ? Resolver.System : new DnsResolver(DnsServer.Parse(resolver)!);

    /// <inheritdoc/>
    public async ValueTask<Resolution> ResolveAsync(
        string host,
        IpFamily family,
        TimeProvider time,
        CancellationToken deadline
    )
    {
        if (DnsNames.FlawOf(host) is not null)
        {
            return Resolution.Failed("no such host");
        }

        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        // IPv6 first, as RFC 8305, 4 prefers it.
        DnsRecordType[] types =
        [
            .. family == IpFamily.Ipv4 ? [] : (DnsRecordType[])[DnsRecordType.Aaaa],
            .. family == IpFamily.Ipv6 ? [] : (DnsRecordType[])[DnsRecordType.A],
        ];
        Task<DnsOutcome>[] asked = Array.ConvertAll(types, type => AskAsync(new(host, type), time, enough.Token));
        DnsAnswer? first = (await await Task.WhenAny(asked)).Answer;
        if (first is { Code: DnsResponseCode.NoError, Values.Count: > 0 })
        {
            await ((Task)Task.WhenAll(asked))
                .WaitAsync(ResolutionDelay, time, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await enough.CancelAsync();
        }
        else if (first?.Code == DnsResponseCode.NxDomain)
        {
            // There is none of the other type either (RFC 8020, 2).
            await enough.CancelAsync();
        }

        return Judge(await Task.WhenAll(asked), family, deadline.IsCancellationRequested);
    }

    // A phase of the probe is the lookup as a whole.
    private Task<DnsOutcome> AskAsync(DnsQuestion question, TimeProvider time, CancellationToken deadline) =>
        new DnsExchange(Server, IpFamily.Any, question, time)
            .RunAsync(new PhaseTimes(time, TimeSpan.Zero), deadline)
            .AsTask();

    private Resolution Judge(DnsOutcome[] outcomes, IpFamily family, bool isLate)
    {
        IPAddress[] addresses =
        [
            .. outcomes
                .Where(outcome => outcome.Answer?.Code == DnsResponseCode.NoError)
                .SelectMany(outcome => outcome.Answer!.Values)
                .Select(IPAddress.Parse)
                .Select(HostOption.Plain)
                .Distinct(),
        ];
        bool isNone = outcomes.Any(outcome => outcome.Answer?.Code == DnsResponseCode.NxDomain);
        string? fault = outcomes.Select(outcome => FaultOf(outcome, isLate)).FirstOrDefault(fault => fault is not null);
        return addresses.Length > 0 ? new(addresses)
            : isNone ? Resolution.Failed("no such host")
            : fault is not null ? Resolution.Faulted(fault)
            // Whoever asked says which family is missing.
            : family == IpFamily.Any ? Resolution.Failed("no such host")
            : new([]);
    }

    private string? FaultOf(DnsOutcome outcome, bool isLate) =>
        outcome.Answer switch
        {
            null when isLate => $"resolver {Server.Text} did not answer",
            null => $"resolver {Server.Text} did not answer ({outcome.Failure!.Reason})",
            { IsLeftToOthers: true } => $"resolver {Server.Text} offers no recursion",
            { Code: DnsResponseCode.NoError or DnsResponseCode.NxDomain } => null,
            { Code: var code } => $"resolver {Server.Text} answered {DnsCheck.WordOf(code)}",
        };
}
