using System.Runtime.Versioning;

namespace Failover;

/// <summary>The event loops of this process: one a core, up to <see cref="Most"/>, shared by all servers in it and started with the first
/// of them, as the runtime's pool is.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EventLoops
{
    // One answers some 200,000 polls a second; more than a few only wake each other.
    private const int Most = 8;

    private static readonly Lock Gate = new();
    private static EventLoops? ofProcess;

    private EventLoops(EventLoop[] all) => All = all;

    /// <summary>Null where the environment variable <c>FAILOVER_NET</c> is <c>managed</c>, and where there are no descriptors left for them
    /// at this moment: the runtime's sockets do the work then, as on other systems.</summary>
    public static EventLoops? OfProcess
    {
        get
        {
            if (Volatile.Read(ref ofProcess) is { } running)
            {
                return running;
            }

            lock (Gate)
            {
                return ofProcess ??=
                    Environment.GetEnvironmentVariable("FAILOVER_NET") == "managed" ? null : TryStart();
            }
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<EventLoop> All { get; }

    /// <summary>The one for what belongs to no other.</summary>
    public EventLoop First => All[0];

    private static EventLoops? TryStart()
    {
        List<Epoll> opened = [];
        try
        {
            for (int i = 0; i < Math.Min(Environment.ProcessorCount, Most); i++)
            {
                opened.Add(new Epoll());
            }
        }
        catch (IOException)
        {
            opened.ForEach(epoll => epoll.Dispose());
            return null;
        }

        return new([.. opened.Select((epoll, number) => new EventLoop(epoll, BootTime.Instance, number))]);
    }
}
