using System.Globalization;

namespace Failover;

/// <summary>What says of which daemon metrics are: attributes of a resource, by OpenTelemetry's names.</summary>
internal static class OtlpIdentity
{
    /// <summary>Those of this process.</summary>
    /// <param name="served">Where components are served first, which no other process of this machine does; null: nowhere.</param>
    public static KeyValuePair<string, string>[] Of(ListenAddress? served)
    {
        string host = Environment.MachineName;
        string place = served switch
        {
            null => "",
            { SocketPath: { } path } => $":{path}",
            _ => string.Create(CultureInfo.InvariantCulture, $":{served.Port}"),
        };
        return
        [
            new("service.name", "failover"),
            new("service.version", DaemonStatus.Version),
            new("service.instance.id", host + place),
            new("host.name", host),
        ];
    }
}
