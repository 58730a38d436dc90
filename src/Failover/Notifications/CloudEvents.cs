using System.Text.Json;

namespace Failover;

/// <summary>A message as CloudEvents 1.0 have it: one in the structured mode, several as a batch.</summary>
internal static class CloudEvents
{
    /// <summary>The media type of what <see cref="Of"/> gives.</summary>
    public static string TypeOf(NotificationMessage message) =>
        message.All.Length == 1
            ? "application/cloudevents+json; charset=utf-8"
            : "application/cloudevents-batch+json; charset=utf-8";

    /// <summary>The body.</summary>
    public static byte[] Of(NotificationMessage message) =>
        MessageJson.Of(json =>
        {
            if (message.All is [var one])
            {
                Write(json, message, one);
                return;
            }

            json.WriteStartArray();
            foreach (Notification each in message.All)
            {
                Write(json, message, each);
            }

            json.WriteEndArray();
        });

    private static void Write(Utf8JsonWriter json, NotificationMessage message, Notification told)
    {
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", told.Id);
        json.WriteString("source", $"/failover/{Uri.EscapeDataString(message.Instance)}");
        json.WriteString("type", $"failover.{NotificationWords.Of(told.Status)}");
        json.WriteString("subject", told.Subject);
        json.WriteString("time", NotificationWords.Of(told.At));
        json.WriteString("datacontenttype", "application/json");
        json.WriteStartObject("data");
        json.WriteString("status", NotificationWords.Of(told.Status));
        json.WriteString("severity", NotificationWords.Of(told.Severity));
        json.WriteStartArray("topics");
        foreach (string topic in NotificationWords.Of(told.Topic))
        {
            json.WriteStringValue(topic);
        }

        json.WriteEndArray();
        json.WriteIfKnown("alarm", told.Alarm.Length > 0 ? told.Alarm : null);
        json.WriteIfKnown("component", told.Component);
        json.WriteIfKnown("state", told.State?.Word());
        json.WriteIfKnown("before", told.Before?.Word());
        json.WriteBoolean("latched", told.IsLatched);
        json.WriteString("reason", told.Reason);
        json.WriteString("title", NotificationMessage.TitleOf(told));
        json.WriteString("since", NotificationWords.Of(told.Since));
        json.WriteString("instance", message.Instance);
        json.WriteString("route", message.Route);
        json.WriteIfKnown("link", message.Link);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
