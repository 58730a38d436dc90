using System.Diagnostics.Metrics;

namespace Failover;

/// <summary>Why a connection was closed by its budget.</summary>
internal enum ConnectionEnd
{
    /// <summary>A newcomer took its place.</summary>
    Replaced,

    /// <summary>It was a newcomer, and no other connection could be closed for it.</summary>
    Refused,

    /// <summary>Its first byte did not come in time.</summary>
    Silent,
}

/// <summary>Connections in the meter <c>Failover</c>, by budget: how many are open, and how many were closed, by cause.</summary>
internal static class ConnectionCounters
{
    private static readonly Meter Meter = new("Failover");
    private static readonly UpDownCounter<long> OpenNow = Meter.CreateUpDownCounter<long>(
        "failover.connections.open",
        unit: "{connection}",
        description: "Connections that are open."
    );

    private static readonly Counter<long> Closed = Meter.CreateCounter<long>(
        "failover.connections.closed",
        unit: "{connection}",
        description: "Connections that were closed because of their budget, by cause: replaced, refused, silent."
    );

    public static void Open(string budget, int change) =>
        OpenNow.Add(change, new KeyValuePair<string, object?>("budget", budget));

    public static void Close(string budget, ConnectionEnd cause) =>
        Closed.Add(
            1,
            new KeyValuePair<string, object?>("budget", budget),
            new KeyValuePair<string, object?>("cause", Word(cause))
        );

    /// <summary>A cause as a label has it.</summary>
    public static string Word(ConnectionEnd cause) =>
        cause switch
        {
            ConnectionEnd.Replaced => "replaced",
            ConnectionEnd.Refused => "refused",
            ConnectionEnd.Silent => "silent",
            _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "no such cause"),
        };
}
