using System.Collections.Immutable;

namespace Failover;

/// <summary>A receiver that takes what a test lets it take.</summary>
internal sealed record ToldTo : NotificationReceiver
{
    private static readonly ReceiverKind TheKind = new("told", "a test", []);

    private readonly Lock gate = new();
    private readonly List<NotificationMessage> messages = [];

    /// <summary>What comes of an attempt; null: it takes the message.</summary>
    public Func<NotificationMessage, SendResult>? Answers { get; set; }

    /// <summary>Attempts wait for it, where it is set.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public int Most { get; init; } = 1000;

    public TimeSpan? Repeats { get; init; }

    public bool IsSwitch { get; init; }

    /// <summary>The attempts, in order.</summary>
    public IReadOnlyList<NotificationMessage> Messages
    {
        get
        {
            lock (gate)
            {
                return [.. messages];
            }
        }
    }

    public override string Summary => "a test";

    internal override int MostAtOnce => Most;

    internal override TimeSpan? RepeatInterval => Repeats;

    internal override bool IsLifeSign => IsSwitch;

    internal override ReceiverKind OwnKind => TheKind;

    internal override ImmutableArray<object?> Values => [];

    internal override async ValueTask<SendResult> SendAsync(
        NotificationMessage message,
        CancellationToken cancellationToken
    )
    {
        lock (gate)
        {
            messages.Add(message);
        }

        if (Gate is { } waiting)
        {
            await waiting.Task.WaitAsync(cancellationToken);
        }

        return Answers?.Invoke(message) ?? SendResult.Taken;
    }
}
