namespace Failover;

/// <summary>How a component serves an error, that is, a state that is unknown.</summary>
/// <remarks>Most pollers take <c>500 ERROR</c> for down.</remarks>
public enum OnError
{
    /// <summary>As what it is: <c>500 ERROR</c>.</summary>
    Error,

    /// <summary>As a fail: <c>503 FAIL</c>.</summary>
    Fail,

    /// <summary>As the last definite state, for a limited time; then as an error. Where no definite state has been served yet, as an
    /// error.</summary>
    Hold,
}
