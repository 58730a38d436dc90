namespace Failover.Abstractions;

/// <summary>Fires a <see cref="Oneshot"/>.</summary>
/// <param name="Oneshot">The one that is armed.</param>
public sealed record FireOneshot(Oneshot Oneshot) : PostAction
{
    /// <inheritdoc/>
    public override HealthTask Target => Oneshot;

    /// <inheritdoc/>
    public override Authentication? Auth => Oneshot.Auth;
}
