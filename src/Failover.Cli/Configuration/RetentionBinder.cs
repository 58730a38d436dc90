namespace Failover;

/// <summary>How long something is kept, and in how much space.</summary>
internal sealed class RetentionBinder(OptionBinder options)
{
    /// <summary>Reads a duration from 1 s to 3650 d; reports one that is none.</summary>
    /// <param name="entry">Where it is given.</param>
    /// <param name="accepted">What is accepted, in words.</param>
    public TimeSpan BindAge(YamlEntry entry, string accepted) =>
        (TimeSpan?)Bind(
            entry,
            accepted,
            text =>
                DurationText.Parse(text) switch
                {
                    { Value: TimeSpan age } when age < TimeSpan.FromSeconds(1) => Parsed.Refused("which is too short"),
                    { Value: TimeSpan age } when age > TimeSpan.FromDays(3650) => Parsed.Refused("which is too long"),
                    var parsed => parsed,
                }
        )
        ?? default;

    /// <summary>Reads a size from 1 MiB to 1 TiB; reports one that is none.</summary>
    /// <inheritdoc cref="BindAge" path="/param"/>
    public long BindSize(YamlEntry entry, string accepted) =>
        (long?)Bind(
            entry,
            accepted,
            text =>
                ByteSize.Parse(text) switch
                {
                    { Value: long size } when size < 1L << 20 => Parsed.Refused("which is too small"),
                    { Value: long size } when size > 1L << 40 => Parsed.Refused("which is too large"),
                    var parsed => parsed,
                }
        )
        ?? default;

    private object? Bind(YamlEntry entry, string accepted, Func<string, Parsed> parse) =>
        options.ReadText(entry.Value, entry.Name, accepted) is { } given
            ? options.Take(parse(given.Text), entry.Name, given, accepted)
            : null;
}
