using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>Streams what happens: <c>/-/api/v1/events</c>, as server-sent events.</summary>
/// <remarks>A reader is a position in the ring of events. One that is too slow learns how many it has lost; one that does not read at all is
/// dropped. Nothing is kept for either.</remarks>
/// <param name="service">Has the events.</param>
/// <param name="redact">Takes what is secret out of a text.</param>
internal sealed class EventsEndpoint(HealthService service, Func<string, string> redact)
{
    /// <summary>So many streams are open at a time, at most.</summary>
    public const int MostStreams = 64;

    public const string ContentType = "text/event-stream";

    private const string After = "after";
    private const string RetryAfterSeconds = "10";

    // What is in memory of one stream until the kernel takes it.
    private const int MostUnsent = 4 * 1024;

    private int open;

    /// <summary>How often a stream without events shows that it is alive.</summary>
    public static TimeSpan Heartbeat { get; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a client may read nothing once the buffers of the kernel are full.</summary>
    public static TimeSpan LongestWrite { get; } = TimeSpan.FromSeconds(10);

    public static ManagementDescription Description { get; } =
        new(
            "What happens, as it happens: a stream of server-sent events, whose data are a TransitionEvent (transition), a GuardEvent (guard), "
                + "an OverrideEvent (override), a MaintenanceEvent (maintenance), a HistoryPost (post) or LostEvents (lost).",
            typeof(string)
        )
        {
            ContentType = ContentType,
            Query =
            [
                new(After, typeof(string), "the id of the last event that was got; left out, what happens from now on"),
            ],
        };

    private EventRing Events => service.Engine.Events;

    /// <summary>Answers.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        string? said =
            http.Request.Query[After].FirstOrDefault() ?? http.Request.Headers["Last-Event-ID"].FirstOrDefault();
        if (said is not null && PositionOf(said) is null)
        {
            await ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"{After} is {Printable.Quoted(said)}; accepted: the id of an event"
            );
            return;
        }

        int most = http.Features.GetRequiredFeature<ManagementCall>().MostStreams;
        if (Interlocked.Increment(ref open) > most)
        {
            Interlocked.Decrement(ref open);
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            // Its place is for another connection.
            http.Response.Headers.Connection = "close";
            await ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status503ServiceUnavailable,
                FormattableString.Invariant($"{most} streams of events are open; accepted: one more when one has ended")
            );
            return;
        }

        try
        {
            Answer.AddHeaders(http.Response, ContentType);
            // nginx would keep events back until there are some kilobytes.
            http.Response.Headers["X-Accel-Buffering"] = "no";
            if (!HttpMethods.IsHead(http.Request.Method))
            {
                await StreamAsync(http, said is null ? null : PositionOf(said));
            }
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    // The ring, and the number in it.
    private static (string Ring, long Number)? PositionOf(string id) =>
        id.Split('-') is [{ Length: > 0 } ring, var text]
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? (ring, number)
            : null;

    private async Task StreamAsync(HttpContext http, (string Ring, long Number)? after)
    {
        long written = Events.Written;
        bool isForeign = after is { } cursor && (cursor.Ring != Events.Id || cursor.Number > written);
        long next =
            isForeign ? 0
            : after is { } known ? known.Number
            : written;
        // A stop of the listener ends it: whoever follows comes back to the next one.
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted,
            http.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default
        );
        ArrayBufferWriter<byte> unsent = new();
        Write(unsent, $"id: {Events.Id}-{next}\n: events\n\n");
        if (isForeign)
        {
            Write(unsent, StreamedEvent.Lost(missed: null), next);
        }

        IAsyncEnumerator<RingEntry> events = Events.FollowAsync(next, stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool>? pending = null;
        try
        {
            await SendAsync(http, unsent, stop.Token);
            long checkedAt = service.Time.GetTimestamp();
            while (true)
            {
                // Not for each event: tokens are hashed.
                if (service.Time.GetElapsedTime(checkedAt) >= Heartbeat)
                {
                    checkedAt = service.Time.GetTimestamp();
                    if (!await ManagementLogin.StillPassesAsync(http, service, ManagementRole.View))
                    {
                        break;
                    }
                }

                pending ??= events.MoveNextAsync().AsTask();
                if (!pending.IsCompleted || unsent.WrittenCount > MostUnsent)
                {
                    await SendAsync(http, unsent, stop.Token);
                }

                if (!await IsOverWithinAsync(pending, Heartbeat))
                {
                    Write(unsent, ":\n\n");
                    await SendAsync(http, unsent, stop.Token);
                    continue;
                }

                if (!await pending)
                {
                    break;
                }

                pending = null;
                RingEntry entry = events.Current;
                if (entry.Missed > 0)
                {
                    Write(unsent, StreamedEvent.Lost(entry.Missed), entry.Number);
                }

                if (StreamedEvent.Of(entry, redact) is { } streamed)
                {
                    Write(unsent, streamed, entry.Number + 1);
                }
            }
        }
        catch (TimeoutException)
        {
            // It does not read.
            http.Abort();
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or the listener stops.
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task?)pending ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await events.DisposeAsync();
        }
    }

    private async Task<bool> IsOverWithinAsync(Task task, TimeSpan longest)
    {
        if (task.IsCompleted)
        {
            return true;
        }

        using CancellationTokenSource enough = new();
        await Task.WhenAny(task, Task.Delay(longest, service.Time, enough.Token));
        await enough.CancelAsync();
        return task.IsCompleted;
    }

    private async Task SendAsync(HttpContext http, ArrayBufferWriter<byte> unsent, CancellationToken stop)
    {
        if (unsent.WrittenCount > 0)
        {
            await http
                .Response.Body.WriteAsync(unsent.WrittenMemory, stop)
                .AsTask()
                .WaitAsync(LongestWrite, service.Time, stop);
            unsent.ResetWrittenCount();
        }
    }

    private void Write(ArrayBufferWriter<byte> unsent, StreamedEvent streamed, long cursor)
    {
        Write(unsent, FormattableString.Invariant($"id: {Events.Id}-{cursor}\nevent: {streamed.Name}\ndata: "));
        // JSON has no newline in it.
        unsent.Write(streamed.Data);
        Write(unsent, "\n\n");
    }

    private static void Write(ArrayBufferWriter<byte> unsent, string text) => Encoding.UTF8.GetBytes(text, unsent);
}
