using System.Collections.Immutable;
using System.Net.Sockets;

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
        try
        {
            return await route.Receiver.SendAsync(message, cancellationToken);
        }
#pragma warning disable CA1031 // A receiver that fails is tried again, whatever it is.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return new(Printable.Escape(settings.Redact(TextOf(fault))));
        }
    }

    // The innermost says what happened; those around it say that something did.
    private static string TextOf(Exception fault) =>
        fault switch
        {
            OperationCanceledException => "no answer in time",
            _ when fault.GetBaseException() is SocketException socket => $"{socket.SocketErrorCode}".ToLowerInvariant(),
            _ => fault.GetBaseException().Message,
        };
}
