using System.Globalization;
using System.Net;

namespace Failover;

/// <summary>The budgets of one process. Each kind of client has its own, so that a flood of pollers locks out neither the operator nor
/// the load balancer beside it. They come out of the same descriptors, of which a quarter stays free for checks and files.</summary>
internal sealed class ConnectionBudgets
{
    private const long DefaultMax = 16_384;
    private const long DefaultMaxUnix = 1024;
    private const long DefaultMaxManagement = 256;

    /// <summary>Makes budgets as they are without a configuration.</summary>
    /// <param name="time">The clock.</param>
    public ConnectionBudgets(TimeProvider time)
    {
        Pollers = new(0, "pollers", time);
        UnixSockets = new(0, "Unix sockets", time);
        Management = new(0, "management", time);
        Apply(new(), hasUnixSockets: true, hasManagement: true);
    }

    public ConnectionBudget Pollers { get; }

    public ConnectionBudget UnixSockets { get; }

    public ConnectionBudget Management { get; }

    /// <summary>Which addresses are no source with a share of its own; see <see cref="ConnectionBudget.IsExempt"/>.</summary>
    public Func<IPAddress, bool> IsExempt
    {
        set => Pollers.IsExempt = Management.IsExempt = value;
    }

    public Action<string> Warn
    {
        set => Pollers.Warn = UnixSockets.Warn = Management.Warn = value;
    }

    /// <summary>All of them.</summary>
    public IEnumerable<ConnectionBudget> All => [Pollers, UnixSockets, Management];

    /// <summary>For components at an address.</summary>
    public ConnectionBudget For(ListenAddress address) => address.SocketPath is null ? Pollers : UnixSockets;

    /// <summary>Has these from now on. Connections that are open stay so.</summary>
    /// <param name="limits">What is wanted.</param>
    /// <param name="hasUnixSockets">Whether any Unix socket is served; else it needs no places.</param>
    /// <param name="hasManagement">Whether management is; as above.</param>
    /// <returns>What cannot be had, in a line for each; nothing where all can.</returns>
    public IReadOnlyList<string> Apply(ConnectionLimits limits, bool hasUnixSockets, bool hasManagement)
    {
        List<string> warnings = [];
        long all = Descriptors.ConnectionsUpTo(int.MaxValue);
        long left = all;
        Management.Most = hasManagement
            ? Take("max_management", limits.MaxManagement, Math.Min(DefaultMaxManagement, all / 8))
            : 0;
        UnixSockets.Most = hasUnixSockets ? Take("max_unix", limits.MaxUnix, Math.Min(DefaultMaxUnix, all / 8)) : 0;
        Pollers.Most = Take("max", limits.Max, DefaultMax);
        foreach (ConnectionBudget budget in All)
        {
            budget.FirstByteTimeout = limits.FirstByteTimeout ?? ConnectionLimits.DefaultFirstByteTimeout;
        }

        return warnings;

        long Take(string key, long? wanted, long fallback)
        {
            // Even where others want all, one connection is accepted.
            long taken = Math.Max(1, Math.Min(wanted ?? fallback, left));
            left -= taken;
            if (wanted > taken)
            {
                warnings.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"connections: {key} is {wanted}, but the limit of open files of this process leaves {taken}; raise it (ulimit -n, LimitNOFILE=)"
                    )
                );
            }

            return taken;
        }
    }
}
