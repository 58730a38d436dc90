namespace Failover;

/// <summary>What a poll asks for.</summary>
internal enum PollMethod
{
    Get,
    Head,
    Options,
}

/// <summary>What happens to the connection behind an answer, as the answer says it.</summary>
internal enum PollEnd
{
    /// <summary>It stays open, as HTTP/1.1 has it: nothing is said.</summary>
    Open,

    /// <summary>It stays open, as a client of HTTP/1.0 asked for: the answer confirms it.</summary>
    KeptAlive,

    /// <summary>It is closed.</summary>
    Closed,
}
