using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>A kind of receiver as data: what it is called, what it is for and which options it has.</summary>
/// <param name="Name">The key in a file, as <c>webhook</c>.</param>
/// <param name="Meaning">What it does, in one sentence without a full stop.</param>
/// <param name="Options">Its options, in the order of the constructor.</param>
public sealed record ReceiverKind(string Name, string Meaning, ImmutableArray<Option> Options)
{
    /// <summary>Makes a receiver of the values of its options, in their order; null for one that is left out.</summary>
    internal Func<ImmutableArray<object?>, NotificationReceiver>? Make { get; init; }

    /// <summary>The option that one text in the place of the mapping says; null where none does.</summary>
    internal ScalarOption? ShortOption { get; init; }
}

/// <summary>The index: every kind of receiver.</summary>
public static class ReceiverKinds
{
    /// <summary>All kinds, in the order in which the reference shows them.</summary>
    public static ImmutableArray<ReceiverKind> All { get; } =
    [
        Webhook.Kind,
        Slack.Kind,
        Mattermost.Kind,
        Teams.Kind,
        PagerDuty.Kind,
        Ntfy.Kind,
        Email.Kind,
        Alertmanager.Kind,
        CommandReceiver.Kind,
        DeadMansSwitch.Kind,
    ];
}
