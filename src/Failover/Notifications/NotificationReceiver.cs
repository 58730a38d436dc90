using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>Who is notified, and how: an immutable description, that sends nothing by being made.</summary>
public abstract record NotificationReceiver
{
    /// <summary>How long one attempt may take unless it is said.</summary>
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Where messages go, in a few words and without secrets.</summary>
    public abstract string Summary { get; }

    /// <summary>How many notifications one message holds at most. One: each is sent for itself, however many there are.</summary>
    internal virtual int MostAtOnce => 1000;

    /// <summary>How often what is wrong is reported again; null: once.</summary>
    internal virtual TimeSpan? RepeatInterval => null;

    /// <summary>Whether it is notified of nothing but that the process is well, every <see cref="RepeatInterval"/>.</summary>
    internal virtual bool IsLifeSign => false;

    /// <summary>Its kind.</summary>
    internal abstract ReceiverKind OwnKind { get; }

    /// <summary>The values of its options, in their order.</summary>
    internal abstract ImmutableArray<object?> Values { get; }

    /// <summary>As a file says it, in one line and without secrets.</summary>
    internal string Text =>
        $"{OwnKind.Name} {{{string.Join(", ", OwnKind.Options.Zip(Values).Where(one => one.Second is not null).Select(one => $"{one.First.Key}: {Shown(one.First, one.Second!)}"))}}}";

    /// <summary>As <see cref="Text"/>: no secrets.</summary>
    public sealed override string ToString() => Text;

    /// <summary>Sends a message, within the time that an attempt may take. Any exception is a failed attempt.</summary>
    internal abstract ValueTask<SendResult> SendAsync(NotificationMessage message, CancellationToken cancellationToken);

    private static string Shown(Option option, object value) =>
        option
            is ScalarOption { IsSecret: true }
                or ListOption { ItemOption.IsSecret: true }
                or MapOption { ValueOption.IsSecret: true }
            ? "***"
            : option.Text(value);
}
