namespace Failover;

/// <summary>What is known about the health of something.</summary>
public enum HealthState
{
    /// <summary>It is up: traffic may go there. Served as <c>200 OK</c>.</summary>
    Ok,

    /// <summary>It is down: traffic should stay away. Served as <c>503 FAIL</c>.</summary>
    Fail,

    /// <summary>It could not be told: the check itself broke, a local resource ran out, or the newest result is too
    /// old. No evidence about the target. Served as <c>500 ERROR</c>.</summary>
    Error,
}
