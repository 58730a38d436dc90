namespace Failover.Abstractions;

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

    internal override IReadOnlyList<HealthTask> Tasks(object? value) => [(HealthTask)value!];

    internal override string Text(object value) => ((HealthTask)value).FullText;

    internal override string Text(object value, Func<HealthTask, string> below) => below((HealthTask)value);
}
