namespace Failover;

/// <summary>What is known about the health of something.</summary>
public enum HealthState
{
    /// <summary>It is up: traffic may go there. Served as <c>200 OK</c>.</summary>
    Ok,

    /// <summary>It is down: traffic should stay away. Served as <c>503 FAIL</c>.</summary>
    Fail,

    /// <summary>The state is unknown: the check itself failed, a local resource ran out, or the newest result is too
    /// old. No evidence about the target. Served as <c>500 ERROR</c>.</summary>
    Error,
}

/// <summary>How states are written in logs, files and pages.</summary>
internal static class HealthStateWord
{
    /// <summary><c>ok</c>, <c>fail</c> or <c>error</c>.</summary>
    public static string Word(this HealthState state) =>
        state switch
        {
            HealthState.Ok => "ok",
            HealthState.Fail => "fail",
            HealthState.Error => "error",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no such state"),
        };
}
