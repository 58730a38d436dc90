namespace Failover;

/// <summary>Leaves the addresses of a running daemon where commands find them by its configuration, which may be invalid by then.</summary>
/// <param name="folder">Where; null: nowhere.</param>
/// <param name="inform">Takes a line for the log where that fails.</param>
internal sealed class AddressNotice(string? folder, Action<string> inform) : IDisposable
{
    private RuntimeFile? left;

    /// <summary>Leaves those that are listened at from now on.</summary>
    public void Leave(
        FailoverConfiguration configuration,
        IEnumerable<ListenAddress> served,
        IEnumerable<ListenAddress> management
    )
    {
        if (folder is null)
        {
            return;
        }

        DaemonProcess own = DaemonProcess.Own;
        Leave(
            new(
                RuntimeFile.RealPath(configuration.File),
                own.Id,
                (served.FirstOrDefault(address => address.SocketPath is null) ?? served.First()).ToString(),
                management.FirstOrDefault()?.ToString(),
                configuration.Tls?.Certificate,
                own.Start,
                left?.ReloadsBegun ?? 0,
                left?.ReloadsEnded ?? 0,
                left?.IsReloadRejected ?? false
            )
        );
    }

    /// <summary>A reload begins.</summary>
    public void ReloadBegins()
    {
        if (left is { } known)
        {
            Leave(known with { ReloadsBegun = known.ReloadsBegun + 1 });
        }
    }

    /// <summary>The reload that began last has ended.</summary>
    public void ReloadEnds(bool isRejected)
    {
        if (left is { } known)
        {
            Leave(known with { ReloadsEnded = known.ReloadsBegun, IsReloadRejected = isRejected });
        }
    }

    /// <summary>Takes the notice away.</summary>
    public void Dispose()
    {
        if (folder is not null)
        {
            left?.Remove(folder);
        }
    }

    private void Leave(RuntimeFile next)
    {
        if (next != left && next.Write(folder!) is { } problem)
        {
            inform(
                $"cannot leave the address in {folder} ({problem}): while the configuration is invalid, commands need --url, and failover reload does not find the daemon"
            );
        }

        left = next;
    }
}
