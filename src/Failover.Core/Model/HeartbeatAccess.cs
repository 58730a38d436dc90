namespace Failover;

/// <summary>How another job reaches a heartbeat.</summary>
/// <param name="Name">What it is called in the path; null: as the component or the named task that it belongs to.</param>
/// <param name="Auth">Which users may report; null: none.</param>
/// <param name="Token">The secret with which the job may report; null: there is none.</param>
internal sealed record HeartbeatAccess(string? Name, Authentication? Auth, string? Token)
{
    /// <summary>Whether nobody could report.</summary>
    public bool IsClosed => Auth is null && Token is null;

    /// <summary>Keeps the token out of logs.</summary>
    public override string ToString() => nameof(HeartbeatAccess);
}
