namespace Failover;

/// <summary>What keeps a daemon from starting.</summary>
/// <param name="Message">What <c>failover run</c> would say, in one line.</param>
/// <param name="Kind">Of which kind it is.</param>
internal sealed record StartFault(string Message, StartFaultKind Kind);

/// <summary>Of which kind a <see cref="StartFault"/> is.</summary>
internal enum StartFaultKind
{
    /// <summary>An address, or the certificate.</summary>
    CannotListen,

    /// <summary>The state file.</summary>
    StateUnusable,

    /// <summary>Another process holds at the moment what it needs.</summary>
    HeldElsewhere,
}

/// <summary>Finds out what would keep a daemon from starting with a configuration, without starting one: the certificate, the state
/// file and the addresses are tried as this user, in the order of <see cref="Daemon"/>.</summary>
internal static class StartRehearsal
{
    public static async Task<IReadOnlyList<StartFault>> RunAsync(
        FailoverConfiguration configuration,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        List<StartFault> faults = [];
        if (configuration.Tls is { } files)
        {
            Try(() =>
            {
                using TlsCertificate certificate = new(files.Certificate, files.Key, time);
                certificate.Load();
            });
        }

        if (configuration.State.File is { } state)
        {
            Try(() =>
            {
                if (StateRehearsal.IsInUse(state))
                {
                    faults.Add(new($"state file {state} is in use by another process", StartFaultKind.HeldElsewhere));
                }
            });
        }

        if (configuration.History is { IsOn: true, File: { } history } && IsInUse(history))
        {
            faults.Add(new($"history file {history} is in use by another process", StartFaultKind.HeldElsewhere));
        }

        IEnumerable<ListenAddress> management = configuration.Management is { } address ? [address] : [];
        IEnumerable<ListenAddress> agents = configuration.Agent is { } agent ? [agent.Address] : [];
        foreach (ListenAddress wanted in configuration.Listen.Concat(management).Concat(agents))
        {
            try
            {
                await Listener.RehearseAsync(wanted, cancellationToken);
            }
            catch (FailoverStartException fault)
            {
                faults.Add(Of(fault));
            }
        }

        return faults;

        void Try(Action part)
        {
            try
            {
                part();
            }
            catch (FailoverStartException fault)
            {
                faults.Add(Of(fault));
            }
            catch (StateStoreException fault)
            {
                faults.Add(new(fault.Message, StartFaultKind.StateUnusable));
            }
        }
    }

    // What is wrong with it otherwise keeps nothing from starting.
    private static bool IsInUse(string history)
    {
        try
        {
            return RollUpFile.IsInUse(history);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static StartFault Of(FailoverStartException fault) =>
        new(fault.Message, fault.IsHeldElsewhere ? StartFaultKind.HeldElsewhere : StartFaultKind.CannotListen);
}
