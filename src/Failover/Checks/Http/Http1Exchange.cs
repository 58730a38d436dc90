using System.Net.Security;

namespace Failover;

/// <summary>One request and its answer by HTTP/1.1, over a connection of its own.</summary>
/// <param name="connector">Connects.</param>
internal sealed class Http1Exchange(HttpConnector connector)
{
    /// <summary>Connects, sends and reads. Never throws for anything that a target does.</summary>
    /// <param name="request">What is sent.</param>
    /// <param name="files">What the files of TLS hold.</param>
    /// <param name="phases">Takes how long each phase lasts.</param>
    /// <param name="deadline">The end of the time for all of it.</param>
    public async ValueTask<HttpOutcome> RunAsync(
        HttpRequest request,
        ClientCertificates files,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        var (stream, failure) = await connector.OpenAsync(
            request,
            SslApplicationProtocol.Http11,
            files,
            phases,
            deadline
        );
        if (stream is null)
        {
            return HttpOutcome.Of(failure!);
        }

        await using (stream)
        {
            HttpProxy? proxy = connector.ProxyFor(request);
            HttpOutcome outcome = await TalkAsync(
                stream,
                request.ToBytes(proxy),
                request.IsHead,
                connector.Target,
                phases,
                deadline
            );
            return proxy?.Judge(outcome, phases) ?? outcome;
        }
    }

    /// <summary>Sends and reads over a connection. Never throws for anything that a target does.</summary>
    /// <param name="stream">The connection, which remains the caller's.</param>
    /// <param name="request">What is sent.</param>
    /// <param name="isHead">Whether it asks for a head only.</param>
    /// <param name="target">Where the connection leads to, for people.</param>
    /// <param name="phases">Takes how long each phase lasts.</param>
    /// <param name="deadline">The end of the time for it.</param>
    public static async ValueTask<HttpOutcome> TalkAsync(
        Stream stream,
        byte[] request,
        bool isHead,
        string target,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        phases.Begin(ProbePhase.FirstByte);
        // A target may answer before it has read the request, and then close: what it said counts.
        using CancellationTokenSource answered = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        Task sending = SendAsync(stream, request, answered.Token);
        try
        {
            using AnswerLines lines = new(stream, () => phases.Begin(ProbePhase.Rest));
            await lines.BeginAsync(deadline);
            return HttpOutcome.Of(await new Http1Reader(lines, isHead).ReadAsync(deadline));
        }
        catch (MalformedAnswerException fault)
        {
            return HttpOutcome.Of(Observation.Fail($"malformed answer, {fault.Message}: {target}"));
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            return HttpOutcome.Of(StreamFault.Read(fault, phases, target));
        }
        finally
        {
            if (!sending.IsCompleted)
            {
                // Here, not on a thread of the pool: the connection may be one of an event loop, which goes on on that.
#pragma warning disable CA1849, VSTHRD103
                answered.Cancel();
#pragma warning restore CA1849, VSTHRD103
                await sending;
            }
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
