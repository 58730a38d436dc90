using System.Globalization;
using System.Text.Json;

namespace Failover;

/// <summary>Notifications and messages of tests.</summary>
internal static class ToldOf
{
    public static DateTimeOffset Noon { get; } = new(2026, 3, 1, 12, 0, 5, TimeSpan.Zero);

    /// <summary>A component fails.</summary>
    public static Notification Failure(
        string reason = "connection refused: 192.0.2.1:25",
        string component = "shop/mail"
    ) =>
        new(
            "p1-7",
            "p1-5",
            NotificationStatus.Firing,
            NotificationTopics.State,
            NotificationSeverity.Critical,
            $"/{component}",
            reason,
            Noon
        )
        {
            Component = component,
            State = HealthState.Fail,
            Since = Noon.AddSeconds(-5),
        };

    /// <summary>It does no longer.</summary>
    public static Notification Recovery() =>
        Failure("ok again") with
        {
            Id = "p1-9",
            Status = NotificationStatus.Resolved,
            State = HealthState.Ok,
            Before = HealthState.Fail,
            At = Noon.AddMinutes(2),
        };

    /// <summary>Something was done.</summary>
    public static Notification Event() =>
        new(
            "p1-8",
            "",
            NotificationStatus.Event,
            NotificationTopics.Override,
            NotificationSeverity.Info,
            "/shop/mail",
            "ada set an override to fail",
            Noon
        )
        {
            Component = "shop/mail",
        };

    /// <summary>A message of them, on the route <c>team</c>.</summary>
    public static NotificationMessage Message(params Notification[] all) =>
        new("team", "eu-1", "https://health.example.net/-/", [.. all]) { SentAt = Noon.AddSeconds(1) };

    /// <summary>Sends it, as a route does.</summary>
    public static ValueTask<SendResult> SendAsync(this NotificationReceiver receiver, params Notification[] all) =>
        NotificationSender.SendAsync(
            new("team", receiver),
            [.. all],
            new()
            {
                Instance = "eu-1",
                Link = "https://health.example.net/-/",
                Redact = text => text.Replace("hunter2", "***", StringComparison.Ordinal),
            },
            TimeProvider.System,
            TestContext.Current.CancellationToken
        );

    /// <summary>The body of its request, which is JSON.</summary>
    public static JsonElement BodyOf(this HttpReceiver receiver, NotificationMessage message)
    {
        using HttpRequestMessage request = receiver.RequestOf(message);
        using StreamReader body = new(request.Content!.ReadAsStream());
        return JsonElement.Parse(body.ReadToEnd());
    }

    /// <summary>How many bytes it has.</summary>
    public static long LengthOf(this HttpReceiver receiver, NotificationMessage message)
    {
        using HttpRequestMessage request = receiver.RequestOf(message);
        return request.Content!.ReadAsStream().Length;
    }

    /// <summary>The text at a place in it, as <c>payload.summary</c>.</summary>
    public static string? At(this JsonElement json, string path)
    {
        foreach (string part in path.Split('.'))
        {
            json = int.TryParse(part, CultureInfo.InvariantCulture, out int index)
                ? json[index]
                : json.GetProperty(part);
        }

        return json.ToString();
    }

    /// <summary>Whether it has a member.</summary>
    public static bool Has(this JsonElement json, string name) => json.TryGetProperty(name, out _);
}
