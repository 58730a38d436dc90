using System.Collections.Immutable;

namespace Failover;

/// <summary>Makes one attempt to send a message.</summary>
internal static class NotificationSender
{
    /// <summary>Makes it.</summary>
    /// <returns>What came of it; never an exception, but for the end of <paramref name="cancellationToken"/>.</returns>
    public static async ValueTask<SendResult> SendAsync(
        NotificationRoute route,
        ImmutableArray<Notification> all,
        NotificationSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        NotificationMessage message = new(
            route.Name,
            settings.Instance,
            settings.Link,
            [.. all.Select(one => one with { Reason = settings.Redact(one.Reason) })]
        )
        {
            SentAt = time.GetUtcNow(),
        };
        SendResult result = await AttemptAsync(route.Receiver, message, cancellationToken);
        return result with
        {
            Problem = result.Problem is { } problem ? settings.Redact(problem) : null,
            Answer = settings.Redact(result.Answer),
        };
    }

    private static async ValueTask<SendResult> AttemptAsync(
        NotificationReceiver receiver,
        NotificationMessage message,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await receiver.SendAsync(message, cancellationToken);
        }
#pragma warning disable CA1031 // A receiver that fails is tried again, whatever it is.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return SendResult.Of(fault);
        }
    }
}
