namespace Failover;

/// <summary>What can make a task ok while it is at fail.</summary>
[Flags]
internal enum OkSources
{
    /// <summary>Nothing: it stays at fail for ever.</summary>
    None = 0,

    /// <summary>Evidence alone, without anybody's doing.</summary>
    Evidence = 1,

    /// <summary>A oneshot that is fired once.</summary>
    Fire = 2,
}
