using System.Collections.Immutable;

namespace Failover;

/// <summary>Who is notified of what, and what is said of this instance.</summary>
internal sealed record NotificationSettings
{
    public static NotificationSettings None { get; } = new();

    /// <summary>What this instance is called in messages.</summary>
    public string Instance { get; init; } = Environment.MachineName;

    /// <summary>The address of the page, for links; null: none.</summary>
    public string? Link { get; init; }

    /// <summary>Who is notified, by names of their own.</summary>
    public ImmutableArray<NotificationRoute> Routes { get; init; } = [];

    /// <summary>Takes what is secret out of a text.</summary>
    public Func<string, string> Redact { get; init; } = text => text;
}
