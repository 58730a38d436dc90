namespace Failover;

/// <summary>What came of running a command.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="Number">The exit code, or the signal.</param>
/// <param name="Cause">Why it did not start.</param>
/// <param name="Output">The beginning of its standard output.</param>
/// <param name="Errors">The beginning of its standard error.</param>
internal readonly record struct CommandEnd(
    CommandEndKind Kind,
    int Number = 0,
    string Cause = "",
    string Output = "",
    string Errors = ""
)
{
    public static CommandEnd NotStarted(string cause) => new(CommandEndKind.NotStarted, Cause: cause);
}

/// <summary>How a command ended.</summary>
internal enum CommandEndKind
{
    /// <summary>By itself, with an exit code.</summary>
    Exited,

    /// <summary>By a signal that was not ours.</summary>
    Killed,

    /// <summary>It ran until it was asked to stop.</summary>
    Stopped,

    /// <summary>It never ran.</summary>
    NotStarted,

    /// <summary>It ended, and the system has not kept how.</summary>
    Lost,
}
