namespace Failover;

/// <summary>Leaves the addresses of a running daemon where commands find them by its configuration, which may be invalid by then, and
/// counts its reloads there.</summary>
/// <param name="folder">Where; null: nowhere.</param>
/// <param name="inform">Takes a line for the log where that fails.</param>
internal sealed class AddressNotice(string? folder, Action<string> inform) : IDisposable
{
    private RuntimeFile? current;

    // What is there, which is not the current one after a write that failed.
    private RuntimeFile? left;
    private string? reported;

    /// <summary>Leaves those that are listened at from now on.</summary>
    public void Leave(
        FailoverConfiguration configuration,
        IEnumerable<ListenAddress> served,
        IEnumerable<ListenAddress> management
    ) =>
        Leave(
            new(
                RuntimeFile.PathInRealFolder(configuration.File),
                DaemonProcess.Own,
                (served.FirstOrDefault(address => address.SocketPath is null) ?? served.First()).ToString(),
                management.FirstOrDefault()?.ToString(),
                configuration.Tls?.Certificate,
                current?.ReloadsBegun ?? 0,
                current?.ReloadsEnded ?? 0,
                current?.IsReloadRejected ?? false,
                Path.GetFullPath(configuration.File)
            )
        );

    /// <summary>A reload begins.</summary>
    public void ReloadBegins()
    {
        if (current is { } known)
        {
            Leave(known with { ReloadsBegun = known.ReloadsBegun + 1 });
        }
    }

    /// <summary>The reload that began last has ended.</summary>
    public void ReloadEnds(bool isRejected)
    {
        if (current is { } known)
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
        current = next;
        if (folder is null || next == left)
        {
            return;
        }

        if (next.Write(folder) is { } problem)
        {
            Inform(problem);
            return;
        }

        if (left is { } before && before.Configuration != next.Configuration)
        {
            // The folder of the configuration is a link that leads elsewhere by now.
            before.Remove(folder);
        }

        left = next;
        reported = null;
    }

    // Once: a reload writes several times.
    private void Inform(string problem)
    {
        if (problem != reported)
        {
            reported = problem;
            inform(
                $"cannot leave the address in {folder} ({problem}): while the configuration is invalid, commands need --url, and failover reload does not find the daemon"
            );
        }
    }
}
