using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Failover;

/// <summary>How the documents of the management API are written and read: <c>JsonSerializer.Serialize(document,
/// ManagementJson.Default.StatusDocument)</c>.</summary>
/// <remarks>Fields come in the order of the records and are always there, null where there is nothing to say. What reads an
/// answer ignores fields that it does not know: a later version may say more.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    // A task nests as deeply as its author likes, at two levels a node.
    MaxDepth = 1000,
    Converters = [
        typeof(StateWordConverter),
        typeof(OverrideKindConverter),
        typeof(GuardStepConverter),
        typeof(OverrideStepConverter),
        typeof(MaintenanceStepConverter),
        typeof(MaintenanceStateConverter),
        typeof(SecondsConverter),
        typeof(UtcConverter),
    ]
)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(ComponentDocument))]
[JsonSerializable(typeof(ConfigurationDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(OverridesDocument))]
[JsonSerializable(typeof(OverrideDocument))]
[JsonSerializable(typeof(OverrideBody))]
[JsonSerializable(typeof(OutcomeDocument))]
[JsonSerializable(typeof(SessionDocument))]
[JsonSerializable(typeof(TransitionEvent))]
[JsonSerializable(typeof(GuardEvent))]
[JsonSerializable(typeof(OverrideEvent))]
[JsonSerializable(typeof(MaintenanceEvent))]
[JsonSerializable(typeof(HistoryPost))]
[JsonSerializable(typeof(LostEvents))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(ComponentHistoryDocument))]
[JsonSerializable(typeof(ProbesDocument))]
[JsonSerializable(typeof(StateDocument))]
[JsonSerializable(typeof(GroupDocument))]
[JsonSerializable(typeof(PollersDocument))]
[JsonSerializable(typeof(LatencyDocument))]
[JsonSerializable(typeof(NotificationsDocument))]
[JsonSerializable(typeof(ResendDocument))]
[JsonSerializable(typeof(DiscoveredTarget[]))]
internal sealed partial class ManagementJson : JsonSerializerContext;

/// <summary>States as lower-case words: <c>ok</c>, <c>fail</c>, <c>error</c>.</summary>
internal sealed class StateWordConverter()
    : JsonStringEnumConverter<HealthState>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>Kinds of overrides as lower-case words: <c>ok</c>, <c>fail</c>, <c>hold</c>.</summary>
internal sealed class OverrideKindConverter()
    : JsonStringEnumConverter<OverrideKind>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>Durations as a number of seconds, to the millisecond.</summary>
internal class SecondsConverter : JsonConverter<TimeSpan>
{
    /// <summary>The least difference that is written.</summary>
    protected virtual long Grain => TimeSpan.TicksPerMillisecond;

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // Compared as a number before it becomes a duration: an answer may come from anybody.
        double seconds = reader.GetDouble();
        return Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new JsonException($"{seconds} seconds are more than a duration can be");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Math.Round((decimal)value.Ticks / Grain) / ((decimal)TimeSpan.TicksPerSecond / Grain));
}

/// <summary>Short durations as a number of seconds, to the microsecond.</summary>
internal sealed class MicrosecondsConverter : SecondsConverter
{
    protected override long Grain => TimeSpan.TicksPerMicrosecond;
}

/// <summary>Times as ISO 8601 in UTC, to the millisecond: <c>2026-03-01T12:00:00.000Z</c>.</summary>
internal sealed class UtcConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(
            value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        );
}
