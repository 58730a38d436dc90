namespace Failover;

/// <summary>What can make a task ok while it is at fail, or the other way round.</summary>
[Flags]
internal enum OkSources
{
    /// <summary>Nothing: it stays as it is for ever.</summary>
    None = 0,

    /// <summary>Evidence alone, without anybody's doing.</summary>
    Evidence = 1,

    /// <summary>A oneshot that is fired once.</summary>
    Fire = 2,
}
