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

        RuntimeFile next = new(
            RuntimeFile.PathInRealFolder(configuration.File),
            Environment.ProcessId,
            OperatingSystem.IsLinux() ? ProcessStart.Of(Environment.ProcessId) ?? 0 : 0,
            (served.FirstOrDefault(address => address.SocketPath is null) ?? served.First()).ToString(),
            management.FirstOrDefault()?.ToString(),
            configuration.Tls?.Certificate
        );
        if (next == left)
        {
            return;
        }

        if (next.Write(folder) is { } problem)
        {
            inform(
                $"cannot leave the address in {folder} ({problem}): while the configuration is invalid, commands need --url"
            );
            return;
        }

        if (left is { } before && before.Configuration != next.Configuration)
        {
            // The folder of the configuration is a link that leads elsewhere by now.
            before.Remove(folder);
        }

        left = next;
    }

    /// <summary>Takes the notice away.</summary>
    public void Dispose()
    {
        if (folder is not null)
        {
            left?.Remove(folder);
        }
    }
}
