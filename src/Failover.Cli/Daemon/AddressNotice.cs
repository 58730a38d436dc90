namespace Failover;

/// <summary>Leaves the addresses of a running daemon where commands find them by its configuration, which may be invalid by then.</summary>
/// <param name="folder">Where; null: nowhere.</param>
/// <param name="inform">Takes a line for the log where that fails.</param>
internal sealed class AddressNotice(string? folder, Action<string> inform) : IDisposable
{
    // What is to be there, and what is.
    private RuntimeFile? known;
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
                RuntimeFile.PathInRealFolder(configuration.File),
                own.Id,
                (served.FirstOrDefault(address => address.SocketPath is null) ?? served.First()).ToString(),
                management.FirstOrDefault()?.ToString(),
                configuration.Tls?.Certificate,
                own.Start,
                known?.ReloadsBegun ?? 0,
                known?.ReloadsEnded ?? 0,
                known?.IsReloadRejected ?? false
            )
        );
    }

    /// <summary>A reload begins.</summary>
    public void ReloadBegins()
    {
        if (known is { } before)
        {
            Leave(before with { ReloadsBegun = before.ReloadsBegun + 1 });
        }
    }

    /// <summary>The reload that began last has ended.</summary>
    public void ReloadEnds(bool isRejected)
    {
        if (known is { } before)
        {
            Leave(before with { ReloadsEnded = before.ReloadsBegun, IsReloadRejected = isRejected });
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
        known = next;
        if (next == left)
        {
            return;
        }

        if (next.Write(folder!) is { } problem)
        {
            inform(
                $"cannot leave the address in {folder} ({problem}): while the configuration is invalid, commands need --url, and failover reload does not find the daemon"
            );
            return;
        }

        if (left is { } before && before.Configuration != next.Configuration)
        {
            // The folder of the configuration is a link that leads elsewhere by now.
            before.Remove(folder!);
        }

        left = next;
    }
}
