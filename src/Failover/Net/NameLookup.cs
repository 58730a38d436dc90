using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>One lookup of one name, shared by all that ask for it while it runs.</summary>
internal sealed class NameLookup(string host)
{
    private readonly TaskCompletionSource<Resolution> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool hasStarted;

    /// <summary>The name.</summary>
    public string Host => host;

    /// <summary>Whether it waits for a thread; for the resolver, under its lock.</summary>
    public bool IsQueued { get; set; }

    /// <summary>What comes of it; never fails.</summary>
    public Task<Resolution> Outcome => outcome.Task;

    /// <summary>Whether name servers may have been asked.</summary>
    public bool HasStarted => hasStarted;

    /// <summary>Looks up the name, blocking. The result is reported only by <see cref="End"/>.</summary>
    // Whatever a lookup throws is an outcome: an exception that leaves a thread ends the process.
#pragma warning disable CA1031
    public Resolution Run(Func<string, IPAddress[]> lookUp)
    {
        hasStarted = true;
        // A lookup holds a descriptor for as long as name servers are silent: hundreds of them must not take the last ones.
        if (!HasDescriptorsLeft())
        {
            return Resolution.Faulted("no descriptors left");
        }

        try
        {
            IPAddress[] addresses = [.. lookUp(host).Select(HostOption.Plain).Distinct()];
            return addresses.Length == 0 ? Resolution.Failed("no such host") : new(addresses);
        }
        catch (Exception) when (!HasDescriptorsLeft())
        {
            // The lookup itself does not say: without descriptors the C library reports a name server that does not answer.
            return Resolution.Faulted("no descriptors left");
        }
        catch (SocketException unknown) when (unknown.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return Resolution.Failed("no such host");
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.NoRecovery)
        {
            return Resolution.Failed("name resolution failed");
        }
        catch (Exception)
        {
            // The C library has one error for servers that failed and for servers that kept it waiting for too long (EAI_AGAIN).
            return Resolution.TimedOut("name resolution failed");
        }
    }
#pragma warning restore CA1031

    /// <summary>Completes the waiting requests.</summary>
    public void End(Resolution result) => outcome.SetResult(result);

    private static bool HasDescriptorsLeft()
    {
        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            return !Descriptors.IsOfReserve(socket);
        }
        catch (SocketException exhausted)
        {
            return exhausted.SocketErrorCode != SocketError.TooManyOpenSockets;
        }
    }
}
