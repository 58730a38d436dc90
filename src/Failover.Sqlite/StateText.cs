using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>Values as they are in the columns of a state file.</summary>
internal static class StateText
{
    /// <summary>A key or name. Half a surrogate pair has no UTF-8 and is stored as U+FFFD: two keys may become one.</summary>
    public static string OfKey(string key) =>
        key.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(key))
            : key;

    public static string Of(HealthState state) =>
        state switch
        {
            HealthState.Ok => "ok",
            HealthState.Fail => "fail",
            HealthState.Error => "error",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "ok, fail and error are accepted"),
        };

    public static string Of(OverrideKind kind) =>
        kind switch
        {
            OverrideKind.Ok => "ok",
            OverrideKind.Fail => "fail",
            OverrideKind.Hold => "hold",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "ok, fail and hold are accepted"),
        };

    public static string Of(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Of(bool value) => value ? "1" : "0";

    /// <exception cref="StateDamage">It is no kind.</exception>
    public static OverrideKind Kind(string text) =>
        text switch
        {
            "ok" => OverrideKind.Ok,
            "fail" => OverrideKind.Fail,
            "hold" => OverrideKind.Hold,
            _ => throw new StateDamage($"{Printable.Quoted(text)} is no kind of override"),
        };

    /// <exception cref="StateDamage">It is no state.</exception>
    public static HealthState State(string text) =>
        text switch
        {
            "ok" => HealthState.Ok,
            "fail" => HealthState.Fail,
            "error" => HealthState.Error,
            _ => throw new StateDamage($"{Printable.Quoted(text)} is no state"),
        };
}

/// <summary>A time as it is in a state file: UTC, and in a form that sorts as text.</summary>
internal static class StateTime
{
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <exception cref="StateDamage">It is no such text.</exception>
    public static DateTimeOffset Read(string text) =>
        DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new StateDamage($"{Printable.Quoted(text)} is no time");
}
