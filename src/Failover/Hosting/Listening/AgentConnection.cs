using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Failover;

/// <summary>Answers HAProxy's agent checks: a line with the name of a component comes in (<c>agent-send "NAME\n"</c>), and a line with what HAProxy
/// is to do with the server goes out (HAProxy's configuration manual, 5.2, <c>agent-check</c>).</summary>
/// <remarks>An empty line changes nothing at HAProxy. It is the answer where the state is an error, and where there is no such
/// component.</remarks>
/// <param name="service">The components.</param>
/// <param name="drainsOnFail">Whether <see cref="AgentSettings.DrainsOnFail"/> holds now.</param>
/// <param name="warn">Takes what is wrong with a request, at most once a minute.</param>
internal sealed class AgentConnection(HealthService service, Func<bool> drainsOnFail, Action<string> warn)
{
    // HAProxy sends it with the first packet, or never does.
    private static readonly TimeSpan NameTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(5);

    private const int LongestName = 4096;
    private const int LongestReason = 200;
    private const string NoChange = "\n";

    private readonly RepeatLimit warnings = new(service.Time);

    /// <summary>Answers one check. The connection is closed behind the answer.</summary>
    public async Task ServeAsync(ConnectionContext connection)
    {
        CancellationToken stopping =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(
            connection.ConnectionClosed,
            stopping
        );
        try
        {
            string? name = await ReadNameAsync(connection.Transport.Input, gone.Token);
            string answer = name is null
                ? Refuse("without the name of a component")
                : await AnswerAsync(name, gone.Token);
            using CancellationTokenSource slow = new(WriteTimeout, service.Time);
            await connection.Transport.Output.WriteAsync(Encoding.UTF8.GetBytes(answer), slow.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client is gone, or this listener is: there is no one to answer.
        }
    }

    private async ValueTask<string?> ReadNameAsync(PipeReader input, CancellationToken gone)
    {
        using CancellationTokenSource late = new(NameTimeout, service.Time);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(gone, late.Token);
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(end.Token);
                ReadOnlySequence<byte> got = read.Buffer;
                if (got.PositionOf((byte)'\n') is { } lineEnd)
                {
                    string line = Encoding.UTF8.GetString(got.Slice(0, lineEnd));
                    input.AdvanceTo(got.End);
                    return line.Trim('\r', ' ').TrimStart('/');
                }

                input.AdvanceTo(got.Start, got.End);
                if (read.IsCompleted || got.Length > LongestName)
                {
                    return null;
                }
            }
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return null;
        }
    }

    private async ValueTask<string> AnswerAsync(string name, CancellationToken gone)
    {
        if (!service.TryFind(name, out Component? component))
        {
            return Refuse($"for {Printable.Excerpt(name)}, which is no component");
        }

        Snapshot shown = await component!.AnswerAsync().AsTask().WaitAsync(gone);
        return shown.State switch
        {
            HealthState.Ok => drainsOnFail() ? "ready up\n" : "up\n",
            HealthState.Fail =>
                $"{(drainsOnFail() ? "drain" : "down")} #{Printable.Escape(shown.Reason, LongestReason)}\n",
            _ => NoChange,
        };
    }

    private string Refuse(string how)
    {
        if (warnings.Allows(nameof(AgentConnection), LogEvents.AgentCheck, out string suppressed))
        {
            warn($"an agent check came {how}; accepted: agent-send \"NAME\\n\"{suppressed}");
        }

        return NoChange;
    }
}
