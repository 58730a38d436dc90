using System.Collections.Immutable;

namespace Failover;

/// <summary>Is notified again and again that this process is well, and raises an alarm of its own when it is notified no longer. It is notified of nothing
/// else.</summary>
/// <remarks>Well is: the loops turn, and what is to outlive the process can be stored.</remarks>
public sealed record DeadMansSwitch : HttpReceiver
{
    /// <summary>Describes the request; sends nothing.</summary>
    /// <param name="url">What is asked for, by GET: <c>http://</c> or <c>https://</c>. Never shown but for its host.</param>
    /// <param name="interval">How often, from 1 ms to 1 day; left out, every minute.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system.</param>
    /// <param name="timeout">How long a request may take, from 1 ms to 1 min; left out, 10 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or of another form. The message says what is accepted.</exception>
    public DeadMansSwitch(string url, TimeSpan? interval = null, string? ca = null, TimeSpan? timeout = null)
        : base(ca, timeout)
    {
        Url = UrlOption.Check(url);
        Interval = IntervalOption.Check(interval);
    }

    private static readonly DurationOption IntervalOption = new(
        "interval",
        "how often it is asked",
        TimeSpan.FromMinutes(1)
    )
    {
        Most = TimeSpan.FromDays(1),
    };

    /// <inheritdoc cref="Webhook.Kind"/>
    public static ReceiverKind Kind { get; } =
        new(
            "dead_mans_switch",
            "a service that raises an alarm once it is not notified any longer that this process is well",
            [UrlOption, IntervalOption, CaOption, TimeoutOption]
        )
        {
            ShortOption = UrlOption,
            Make = given => new DeadMansSwitch(
                (string)given[0]!,
                (TimeSpan?)given[1],
                (string?)given[2],
                (TimeSpan?)given[3]
            ),
        };

    /// <summary>What is asked for.</summary>
    public string Url { get; }

    /// <summary>How often.</summary>
    public TimeSpan Interval { get; }

    /// <inheritdoc/>
    public override string Summary => $"dead man's switch at {HostOf(Url)}";

    internal override TimeSpan? RepeatInterval => Interval;

    internal override bool IsLifeSign => true;

    internal override ReceiverKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Url, Interval, Ca, Timeout];

    internal override HttpRequestMessage RequestOf(NotificationMessage message) => new(HttpMethod.Get, Url);
}
