namespace Failover;

/// <summary>The part of a combinator's state that survives a restart.</summary>
/// <param name="Word">A word of the combinator's own: <c>ok</c>, <c>fail</c>, <c>armed</c> …</param>
/// <param name="Reason">Why it has that state, for people. May be empty.</param>
internal sealed record PersistedState(string Word, string Reason = "")
{
    public const string Ok = "ok";
    public const string Fail = "fail";

    /// <summary>When it came to that; null: when it is stored. Stored anew where that differs, though the word is the same.</summary>
    public Instant? Since { get; init; }

    public static PersistedState Of(HealthState state, string reason = "") => new(state.Word(), reason);

    /// <summary>The state that the word names; null where it is another word.</summary>
    public HealthState? State =>
        Word switch
        {
            Ok => HealthState.Ok,
            Fail => HealthState.Fail,
            _ => null,
        };
}
