using System.Runtime.Versioning;

namespace Failover;

/// <summary>The event loops of this process: one a core, up to <see cref="Most"/>, shared by all servers in it and started with the first
/// of them, as the runtime's pool is.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EventLoops
{
    // One answers some 200,000 polls a second; more than a few only wake each other.
    private const int Most = 8;

    private static readonly Lazy<EventLoops?> OfThisProcess = new(Start);

    private EventLoops(EventLoop[] all) => All = all;

    /// <summary>Null where the environment variable <c>FAILOVER_NET</c> is <c>managed</c>: the runtime's sockets do the work then, as on
    /// other systems.</summary>
    public static EventLoops? OfProcess => OfThisProcess.Value;

    /// <summary>All of them.</summary>
    public IReadOnlyList<EventLoop> All { get; }

    /// <summary>The one for what belongs to no other.</summary>
    public EventLoop First => All[0];

    private static EventLoops? Start() =>
        Environment.GetEnvironmentVariable("FAILOVER_NET") == "managed"
            ? null
            : new([
                .. Enumerable
                    .Range(0, Math.Min(Environment.ProcessorCount, Most))
                    .Select(number => new EventLoop(BootTime.Instance, number)),
            ]);
}
