using System.Collections.Immutable;

namespace Failover;

/// <summary>A value of every type of option, none of them a default of any task.</summary>
internal static class TaskSamples
{
    private const string Name = "one";

    /// <summary>A value that the option takes.</summary>
    public static object Of(Option option) =>
        option switch
        {
            TaskOption => new TcpCheck("192.0.2.1", 25),
            TaskListOption => TaskList.Named([
                (Name, new TcpCheck("192.0.2.1", 25)),
                ("other", new TcpCheck("192.0.2.2", 25)),
            ]),
            ListOption list => list.Of([Of(list.ItemOption)]),
            MapOption map => map.Of([((string)Of(map.KeyOption), Of(map.ValueOption))]),
            PathOption => "/etc/failover/certificates.pem",
            AuthenticationOption => new HtpasswdFile("/etc/failover/users of mail"),
            ScalarOption scalar => scalar
                .Parse(TextOf(scalar))
                .Value.ShouldNotBeNull($"a text in {nameof(TaskSamples)} for {scalar.GetType().Name}"),
            _ => throw new ArgumentOutOfRangeException(nameof(option), option, "no sample yet for this type"),
        };

    /// <summary>A value for every option of a kind.</summary>
    public static ImmutableArray<object?> OfAll(TaskKind kind) => [.. kind.Options.Select(Of)];

    /// <summary>A value for every option without a default.</summary>
    public static ImmutableArray<object?> OfRequired(TaskKind kind) =>
        [.. kind.Options.Select(option => option.Default is null ? Of(option) : null)];

    private static string TextOf(ScalarOption option) =>
        option switch
        {
            DurationOption => "7.5s",
            // No task begins in fail or in ok throughout: either is a default somewhere.
            StateOption => option.Default == "ok" ? "fail" : "ok",
            ThresholdOption => "1m30.25s",
            ChoiceOption choice => choice.Choices.First(word => word != choice.Default),
            ChildNameOption => Name,
            CountOption => "2",
            PercentOption => "40",
            WindowOption => "5m",
            HostOption => "192.0.2.7",
            PortOption => "2525",
            TextOption => "a text, of two parts",
            FormattedOption formatted => formatted.Example,
            StatusRangeOption => "200-204",
            SwitchOption onOrOff => onOrOff.Fallback ? "false" : "true",
            _ => "",
        };
}
