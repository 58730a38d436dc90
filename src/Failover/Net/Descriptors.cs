using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Keeps checks and clients from taking the last descriptors of the process.</summary>
/// <remarks>Where none is left the runtime ends the process: a new thread of its pool needs a pipe while it starts
/// (.NET 10 on Linux), and an assembly that is used for the first time is opened. So a check gives up a little
/// earlier, and a server leaves some of them to its checks.</remarks>
internal static class Descriptors
{
    /// <summary>How many a check leaves: for threads that start together, assemblies, name lookups and log files.</summary>
    public const int Reserve = 32;

    private static nint highestBelowReserve = -1;

    /// <summary>How many connections a server may hold open: three quarters of the descriptors of the process, at most
    /// <paramref name="most"/>.</summary>
    public static long ConnectionsUpTo(long most) =>
        ResourceLimit.Descriptors is { } limit ? (long)Math.Min((ulong)most, limit - (limit / 4)) : most;

    /// <inheritdoc cref="IsOfReserve(SafeHandle)"/>
    public static bool IsOfReserve(Socket opened) => IsOfReserve(opened.SafeHandle);

    /// <summary>Whether a descriptor that was opened just now came out of the reserve. Linux gives the lowest number that is
    /// free (open(2)), so that a high one says that all below are in use.</summary>
    public static bool IsOfReserve(SafeHandle opened) => IsOfReserve(opened.DangerousGetHandle());

    /// <inheritdoc cref="IsOfReserve(SafeHandle)"/>
    public static bool IsOfReserve(nint opened)
    {
        // The limit is asked for as numbers grow, not for each probe: one that is lowered while the process runs counts for higher
        // numbers only.
        if (opened <= Volatile.Read(ref highestBelowReserve) || ResourceLimit.Descriptors is not { } limit)
        {
            return false;
        }

        // A process that is allowed so few in all would otherwise never open one.
        ulong reserve = Math.Min(Reserve, limit / 4);
        if ((ulong)opened >= limit - reserve)
        {
            return true;
        }

        Volatile.Write(ref highestBelowReserve, opened);
        return false;
    }
}
