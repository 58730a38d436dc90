using System.Text;

namespace Failover;

/// <summary>One option of a task as data: its name, meaning, default and bounds stand here once, and constructor,
/// reference page and tests read them from here.</summary>
/// <param name="Name">The constructor's parameter, as <c>okAfter</c>.</param>
/// <param name="Meaning">What it does, in one sentence without a full stop.</param>
public abstract record Option(string Name, string Meaning)
{
    /// <summary>The name as configuration files spell it, as <c>ok_after</c>.</summary>
    internal string Key { get; } = SnakeCase(Name);

    /// <summary>What is accepted, in words.</summary>
    public abstract string Accepted { get; }

    /// <summary>The default in words; null where the option is required.</summary>
    public abstract string? Default { get; }

    /// <summary>A value of this option as text, exactly and in one line.</summary>
    internal abstract string Text(object value);

    private static string SnakeCase(string name)
    {
        StringBuilder key = new();
        foreach (char letter in name)
        {
            key.Append(char.IsUpper(letter) ? "_" : "").Append(char.ToLowerInvariant(letter));
        }

        return key.ToString();
    }

    private protected ArgumentException Refuse(object? got) =>
        got is null
            ? new ArgumentNullException(Name, $"{Name} is missing; accepted: {Accepted}")
            : new ArgumentOutOfRangeException(Name, got, $"{Name} is {got}; accepted: {Accepted}");
}

/// <summary>An option whose value one text says.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public abstract record ScalarOption(string Name, string Meaning) : Option(Name, Meaning)
{
    /// <summary>The value that the text says, with its bounds checked: what the constructor of the task takes.</summary>
    internal abstract Parsed Parse(string text);
}

/// <summary>An option that is a duration.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Fallback">The value where none is given; null where <paramref name="FallbackText"/> says what happens.</param>
/// <param name="FallbackText">The default in words where it is not one value.</param>
public sealed record DurationOption(string Name, string Meaning, TimeSpan? Fallback = null, string? FallbackText = null)
    : ScalarOption(Name, Meaning)
{
    /// <summary>The shortest accepted: 1 ms, the grain of the runtime's timers.</summary>
    public static TimeSpan Shortest { get; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest accepted: 30 days; a timer of the runtime ends at 49.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    public override string Accepted => $"a duration from {Units.Text(Shortest)} to {Units.Text(Longest)}";

    /// <inheritdoc/>
    public override string? Default => Fallback is { } value ? Units.Text(value) : FallbackText;

    /// <summary>The given value or the default, checked.</summary>
    /// <exception cref="ArgumentException">Out of range, or missing where it is required.</exception>
    public TimeSpan Check(TimeSpan? given) =>
        (given ?? Fallback) switch
        {
            null => throw Refuse(null),
            { } value when value < Shortest || value > Longest => throw Refuse(Units.Text(value)),
            { } value => value,
        };

    internal override Parsed Parse(string text) =>
        DurationText.Parse(text) switch
        {
            { Value: TimeSpan value } when value < Shortest => Parsed.Refused("which is too short"),
            { Value: TimeSpan value } when value > Longest => Parsed.Refused("which is too long"),
            var parsed => parsed,
        };

    internal override string Text(object value) => DurationText.Exact((TimeSpan)value);
}

/// <summary>An option that is a state to begin in: <c>ok</c> or <c>fail</c>.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The default in words.</param>
public sealed record StateOption(string Name, string Meaning, string Default) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "ok or fail";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>The given value, checked.</summary>
    /// <exception cref="ArgumentException">Neither ok nor fail.</exception>
    public HealthState Check(HealthState given) =>
        given is HealthState.Ok or HealthState.Fail ? given : throw Refuse(given);

    internal override Parsed Parse(string text) =>
        Parsed.OneOf(text, [(HealthState.Ok.Word(), HealthState.Ok), (HealthState.Fail.Word(), HealthState.Fail)]);

    internal override string Text(object value) => ((HealthState)value).Word();
}

/// <summary>An option that is a threshold.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The default in words.</param>
public sealed record ThresholdOption(string Name, string Meaning, string Default) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "a count of 1 or more, a duration over 0s, or two of them joined by and / or";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>A count or a duration: a joined one takes more than a text.</summary>
    internal override Parsed Parse(string text) => Threshold.Parse(text);

    internal override string Text(object value) => ((Threshold)value).FullText;
}

/// <summary>An option that is a task. Always required.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public sealed record TaskOption(string Name, string Meaning) : Option(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "a task";

    /// <inheritdoc/>
    public override string? Default => null;

    /// <summary>The given task.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public HealthTask Check(HealthTask? given) => given ?? throw Refuse(null);

    internal override string Text(object value) => ((HealthTask)value).FullText;
}

/// <summary>An option that says who may do something.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public sealed record AuthenticationOption(string Name, string Meaning) : Option(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "an htpasswd file";

    /// <inheritdoc/>
    public override string? Default => "nobody by a POST";

    internal override string Text(object value) => ((Authentication)value).FullText;
}

/// <summary>An option that is a function. Always required.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public sealed record CallableOption(string Name, string Meaning) : Option(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "a function that returns true, false or an observation";

    /// <inheritdoc/>
    public override string? Default => null;

    /// <summary>The given function.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public T Check<T>(T? given)
        where T : Delegate => given ?? throw Refuse(null);

    /// <summary>Two functions cannot be told from each other by a text.</summary>
    internal override string Text(object value) => "a function";
}

/// <summary>An option that is a text for people.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The text where none is given.</param>
public sealed record TextOption(string Name, string Meaning, string Default) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "a text";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    internal override Parsed Parse(string text) => new(text);

    internal override string Text(object value) => ExactText.Of((string)value);
}
