using System.Net.Security;
using System.Net.Sockets;

namespace Failover;

/// <summary>One request and its answer by HTTP/1.1, over a connection of its own.</summary>
/// <param name="destination">Where to connect to.</param>
/// <param name="tls">How TLS is spoken.</param>
/// <param name="time">The clock.</param>
internal sealed class Http1Exchange(Destination destination, TlsClient tls, TimeProvider time)
{
    /// <summary>Connects, sends and reads. Never throws for anything that a target does.</summary>
    /// <param name="request">What is sent.</param>
    /// <param name="files">What the files of TLS hold.</param>
    /// <param name="phases">Takes how long each phase lasts.</param>
    /// <param name="deadline">The end of the time for all of it.</param>
    public async ValueTask<HttpOutcome> RunAsync(
        HttpRequest request,
        ClientCertificates? files,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        using Dialed dialed = await destination.DialAsync(time, phases, deadline);
        if (!dialed.IsConnected)
        {
            return HttpOutcome.Of(dialed.Failure);
        }

        await using NetworkStream transport = new(dialed.Socket);
        if (!request.IsTls)
        {
            return await TalkAsync(transport, request, phases, deadline);
        }

        var (stream, failure) = await TlsClient.HandshakeAsync(
            transport,
            destination.Text,
            tls.Verdict(request.Host, time.GetUtcNow()),
            files!,
            SslApplicationProtocol.Http11,
            phases,
            deadline
        );
        if (stream is null)
        {
            return HttpOutcome.Of(failure!);
        }

        await using (stream)
        {
            return await TalkAsync(stream, request, phases, deadline);
        }
    }

    private async ValueTask<HttpOutcome> TalkAsync(
        Stream stream,
        HttpRequest request,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        phases.Begin(ProbePhase.FirstByte);
        // A target may answer before it has read the request, and then close: what it said counts.
        using CancellationTokenSource answered = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        Task sending = SendAsync(stream, request.ToBytes(), answered.Token);
        try
        {
            using AnswerLines lines = new(stream, () => phases.Begin(ProbePhase.Rest));
            return HttpOutcome.Of(await new Http1Reader(lines, request.IsHead).ReadAsync(deadline));
        }
        catch (MalformedAnswerException fault)
        {
            return HttpOutcome.Of(Observation.Fail($"malformed answer, {fault.Message}: {destination.Text}"));
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            return HttpOutcome.Of(StreamFault.Read(fault, phases, destination.Text));
        }
        finally
        {
            await answered.CancelAsync();
            await sending;
        }
    }

    // Whatever keeps it from sending, the target says by its answer, or by closing the connection.
    private static async Task SendAsync(Stream stream, byte[] request, CancellationToken answered)
    {
        try
        {
            await stream.WriteAsync(request, answered);
            await stream.FlushAsync(answered);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // The reader says what happened.
        }
    }
}
