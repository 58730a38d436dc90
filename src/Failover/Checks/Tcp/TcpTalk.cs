using System.Net.Security;
using System.Net.Sockets;

namespace Failover;

/// <summary>What is said over the connection of a <see cref="TcpCheck"/>, and what has to come of it.</summary>
/// <param name="Preset">What the server speaks.</param>
/// <param name="Exchange">What is sent and expected then; null: nothing.</param>
/// <param name="Tls">How TLS is spoken; null: it is not.</param>
internal sealed record TcpTalk(TcpPreset Preset, ValueList<ExchangeStep>? Exchange, TcpTls? Tls)
{
    /// <summary>Whether files are read.</summary>
    public bool HasFiles => Tls?.Client.HasFiles == true;

    /// <inheritdoc cref="TlsClient.FilesTimeout"/>
    public TimeSpan FilesTimeout(TimeSpan timeout) => Tls?.Client.FilesTimeout(timeout) ?? TimeSpan.Zero;

    /// <summary>Connects, talks and judges. Never throws for anything that a target does.</summary>
    /// <param name="dialer">Connects.</param>
    /// <param name="timeout">How long all of it may take.</param>
    /// <param name="latency">How long it may take to be ok; null: as long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Asks it to stop.</param>
    public ValueTask<Observation> ProbeAsync(
        Dialer dialer,
        TimeSpan timeout,
        TimeSpan? latency,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        TlsProbe.RunAsync(
            Tls?.Client ?? new(),
            timeout,
            time,
            probe => ProbeAsync(probe, dialer, latency, time),
            cancellationToken
        );

    private async ValueTask<Observation> ProbeAsync(TlsProbe probe, Dialer dialer, TimeSpan? latency, TimeProvider time)
    {
        var (files, phases, deadline) = probe;
        CertificateVerdict? verdict = Tls?.Client.Verdict(Tls.ServerName ?? dialer.Host, time.GetUtcNow());
        // What is said has to arrive: a reset might take it away from the target's application.
        using Dialed dialed = await dialer.DialAsync(TcpClose.Fin, time, deadline, phases);
        Observation seen = dialed.IsConnected
            ? await new Talking(this, dialer.Target, verdict, files, phases).RunAsync(dialed.Socket, time, deadline)
            : dialed.Failure;
        seen = seen.State == HealthState.Ok ? Judge(seen, verdict, latency, phases) : seen;
        string days = verdict?.ValidUntil is null ? "" : $"days={CertificateVerdict.Days(verdict.Left)}";
        return seen with { PerformanceData = days };
    }

    private Observation Judge(Observation seen, CertificateVerdict? verdict, TimeSpan? latency, PhaseTimes phases)
    {
        TimeSpan total = phases.Total;
        return verdict?.Left <= Tls?.ExpiresWithin ? Observation.Fail(verdict!.Ends)
            : total > latency ? phases.Slow(total, latency.Value)
            : verdict?.Left <= Tls?.WarnWithin ? Observation.OkWithWarning(verdict!.Ends)
            : seen;
    }

    /// <summary>One of them.</summary>
    private sealed class Talking(
        TcpTalk talk,
        string target,
        CertificateVerdict? verdict,
        ClientCertificates files,
        PhaseTimes phases
    )
    {
        private readonly ServerDialog? dialog = ServerDialog.Of(talk.Preset);

        public async ValueTask<Observation> RunAsync(Socket socket, TimeProvider time, CancellationToken deadline)
        {
            await using NetworkStream transport = new(socket);
            phases.Begin(ProbePhase.FirstByte);
            using Conversation with = new(transport, time, phases, deadline);
            try
            {
                return await RunAsync(transport, with, deadline);
            }
            catch (UnexpectedAnswerException unexpected)
            {
                return Observation.Fail(unexpected.Message);
            }
            catch (OperationCanceledException)
            {
                return phases.TimedOut(target, $"while {with.Doing}");
            }
            catch (EndOfStreamException)
            {
                return Observation.Fail($"connection closed while {with.Doing}: {target}");
            }
            catch (IOException fault)
            {
                return StreamFault.Read(fault, phases, target);
            }
        }

        private async ValueTask<Observation> RunAsync(Stream transport, Conversation with, CancellationToken deadline)
        {
            if (verdict is null)
            {
                return await GreetAndExchangeAsync(with, "");
            }

            string greeting = talk.Tls!.IsStartTls ? await StartTlsAsync(with) : "";
            var (stream, failure) = await TlsClient.HandshakeAsync(
                transport,
                target,
                verdict,
                files,
                protocol: null,
                phases,
                deadline
            );
            if (stream is null)
            {
                return failure!;
            }

            await using SslStream encrypted = stream;
            with.Encrypt(encrypted);
            return await GreetAndExchangeAsync(with, greeting);
        }

        private async ValueTask<string> StartTlsAsync(Conversation with)
        {
            string greeting = dialog!.GreetsInPlainText ? await dialog.GreetAsync(with) : "";
            await dialog.StartTlsAsync(with);
            with.RequireNothingAhead();
            return greeting;
        }

        private async ValueTask<Observation> GreetAndExchangeAsync(Conversation with, string greeting)
        {
            List<string> said = [];
            if (dialog is not null)
            {
                said.Add(greeting.Length > 0 ? greeting : await dialog.GreetAsync(with));
            }

            foreach (ExchangeStep step in talk.Exchange ?? new([]))
            {
                await ExchangeAsync(with, step);
            }

            with.RequireSent();
            if (talk.Exchange is { Count: var steps })
            {
                said.Add($"exchange of {steps} {(steps == 1 ? "step" : "steps")}");
            }

            string over =
                talk.Tls is null ? ""
                : said.Count == 0 ? "TLS"
                : " over TLS";
            Observation seen = Observation.Ok($"{string.Join(", ", said)}{over} in {PhaseTimes.Rounded(phases.Total)}");
            // After an exchange, the state of the connection is unknown.
            if (talk.Exchange is null && dialog is { Farewell.IsEmpty: false })
            {
                await with.TrySendAsync(dialog.Farewell);
            }

            return seen;
        }

        private static ValueTask ExchangeAsync(Conversation with, ExchangeStep step) =>
            step.Pattern is { } pattern ? with.MatchAsync(pattern, $"a match of {Printable.Excerpt(pattern.Text)}")
            : step.IsSend ? with.SendAsync(step.Bytes!.Value)
            : with.FindAsync(step.Bytes!.Value, Printable.Excerpt(EscapedBytes.Text(step.Bytes.Value.Span)));
    }
}
