namespace Failover;

/// <summary>What one probe over a connection that may be encrypted has to work with.</summary>
/// <param name="Files">The certificates of its client.</param>
/// <param name="Phases">Where it notes how far it has come.</param>
/// <param name="Deadline">The end of the time for all of it.</param>
internal readonly record struct TlsProbe(ClientCertificates Files, PhaseTimes Phases, CancellationToken Deadline)
{
    /// <summary>Runs a probe: one deadline for everything, the files of certificates read first and given up behind it, the time of each
    /// phase among the figures. Files that cannot be used are an error.</summary>
    /// <param name="client">What the client shows and trusts.</param>
    /// <param name="timeout">How long all of it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="probe">What it sees. Figures of its own stand behind those of the phases.</param>
    /// <param name="cancellationToken">Asks it to stop.</param>
    public static async ValueTask<Observation> RunAsync(
        TlsClient client,
        TimeSpan timeout,
        TimeProvider time,
        Func<TlsProbe, ValueTask<Observation>> probe,
        CancellationToken cancellationToken
    )
    {
        using ProbeDeadline deadline = new(timeout, time, cancellationToken);
        PhaseTimes phases = new(time, timeout);
        Observation seen;
        try
        {
            using ClientCertificates files = ClientCertificates.Read(client, timeout);
            seen = await probe(new(files, phases, deadline.Token));
        }
        catch (CertificateFileException fault)
        {
            seen = Observation.Error(fault.Message);
        }

        cancellationToken.ThrowIfCancellationRequested();
        string own = seen.PerformanceData.Length > 0 ? $" {seen.PerformanceData}" : "";
        return seen with { PerformanceData = phases.PerformanceData + own };
    }
}
