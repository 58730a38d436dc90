using System.Collections.Immutable;

namespace Failover;

/// <summary>Examines who may use the management API. A daemon that was started so keeps serving, and warns; <c>failover check</c> calls it an
/// error.</summary>
internal static class AccessErrors
{
    /// <summary>One where whoever reaches the address from elsewhere may view.</summary>
    public static ImmutableArray<ConfigurationError> Of(FailoverConfiguration configuration) =>
        configuration is { Management: { SocketPath: null } address, Access.View: null }
        && !ListenAddress.IsLoopback(address.Host)
            ?
            [
                new(
                    configuration.ManagementAt,
                    $"{FileKeys.Management} is {address}, where whoever connects may view, for {FileKeys.Access} has no {FileKeys.View}",
                    $"an address on loopback, unix:/PATH, or {FileKeys.View} under {FileKeys.Access}"
                ),
            ]
            : [];
}
