namespace Failover;

/// <summary>What one probe over a connection that may be encrypted has to work with.</summary>
/// <param name="Files">The certificates of its client.</param>
/// <param name="Phases">Where it notes how far it has come.</param>
/// <param name="Deadline">The end of the time for all of it.</param>
internal readonly record struct TlsProbe(ClientCertificates Files, PhaseTimes Phases, CancellationToken Deadline)
{
    /// <summary>Runs a probe: the files of certificates read first, one deadline for everything behind them, the time of each
    /// phase among the figures. Files that cannot be used, or that are not read in time, are an error: they say nothing about the
    /// target, and what they take is not counted as its time.</summary>
    /// <param name="client">What the client shows and trusts.</param>
    /// <param name="timeout">How long all of it may take, behind <see cref="TlsClient.FilesTimeout"/>.</param>
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
        cancellationToken.ThrowIfCancellationRequested();
        ClientCertificates read;
        try
        {
            read = ClientCertificates.Read(client, client.FilesTimeout(timeout));
        }
        catch (CertificateFileException fault)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Observation.Error(fault.Message);
        }

        using ClientCertificates files = read;
        using ProbeDeadline deadline = new(timeout, time, cancellationToken);
        PhaseTimes phases = new(time, timeout);
        Observation seen = await probe(new(files, phases, deadline.Token));
        cancellationToken.ThrowIfCancellationRequested();
        return phases.AddTo(seen);
    }
}
