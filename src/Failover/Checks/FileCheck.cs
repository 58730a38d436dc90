using System.Collections.Immutable;
using System.Text;

namespace Failover;

/// <summary>Whether there is a file, as a maintenance flag or a freshness stamp.</summary>
/// <remarks>
/// It is ok if there is one at the path of the given age and content, else fail; with <c>exists: false</c>, the other way round. Symbolic
/// links are followed. Content is read of regular files of up to 1 MiB only. It is an error where that cannot be found out: no permission,
/// a file that is too large or no regular one, a time of change in the future by more than the age that is asked for, a file system that does not answer within the timeout.
/// </remarks>
public sealed record FileCheck : ProbeCheck
{
    private const int LargestContent = 1 << 20;

    /// <summary>Describes the file; reads nothing.</summary>
    /// <param name="path">Where it is. A relative path begins at the working directory; in a configuration file, at the folder of that file.</param>
    /// <param name="exists">Whether there should be such a file, or none.</param>
    /// <param name="youngerThan">The age of its last change by the wall clock, from 1 ms to 30 days, at which it is too old, reached. Left out,
    /// any.</param>
    /// <param name="contains">What stands in it somewhere, in UTF-8 and in this case of letters. Left out, anything.</param>
    /// <param name="timeout">How long that may take, from 1 ms to 30 days; then it is an error. Left out, 5 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or out of range. The message says what is accepted.</exception>
    public FileCheck(
        string path,
        bool exists = true,
        TimeSpan? youngerThan = null,
        string? contains = null,
        TimeSpan? timeout = null
    )
    {
        Path = PathOption.Check(path);
        Exists = exists;
        YoungerThan = YoungerThanOption.CheckIfGiven(youngerThan);
        Contains = contains;
        Timeout = TimeoutOption.Check(timeout);
    }

    private static readonly PathOption PathOption = new("path", "where it is");
    private static readonly SwitchOption ExistsOption = new(
        "exists",
        "whether there should be such a file, or none",
        Fallback: true
    );
    private static readonly DurationOption YoungerThanOption = new(
        "youngerThan",
        "the age of its last change at which it is too old",
        FallbackText: "any age"
    );
    private static readonly TextOption ContainsOption = new("contains", "what stands in it", "not asked");
    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long the file system may take",
        FileThreads.LongestWait
    );

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "file",
            "whether there is a file, of a certain age and content",
            [PathOption, ExistsOption, YoungerThanOption, ContainsOption, TimeoutOption]
        )
        {
            Make = given => new FileCheck(
                (string)given[0]!,
                (bool?)given[1] ?? true,
                (TimeSpan?)given[2],
                (string?)given[3],
                (TimeSpan?)given[4]
            ),
        };

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Whether there should be such a file, or none.</summary>
    public bool Exists { get; }

    /// <summary>The age at which it is too old; null: any.</summary>
    public TimeSpan? YoungerThan { get; }

    /// <summary>What stands in it; null: not asked.</summary>
    public string? Contains { get; }

    /// <summary>How long the file system may take.</summary>
    public TimeSpan Timeout { get; }

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Timeout;

    /// <inheritdoc/>
    public override string Summary => $"file {Printable.Escape(Path)}";

    internal override TaskKind OwnKind => Kind;

    internal override bool UsesCryptography => false;

    internal override ImmutableArray<object?> Values => [Path, Exists, YoungerThan, Contains, Timeout];

    /// <inheritdoc/>
    public override ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return new(FileThreads.OfChecks.Run(Path, () => Look(time), Timeout));
        }
        catch (FileFault fault)
        {
            return new(Observation.Error($"{fault.Message}: {Printable.Escape(Path)}"));
        }
    }

    // On a thread that may wait for ever.
    private Observation Look(TimeProvider time)
    {
        try
        {
            return RegularFile.LastChange(Path) is { } change ? Look(time, change) : Missing();
        }
        catch (FileFault fault) when (fault.Problem == FileProblem.Missing)
        {
            // Removed, or replaced in two steps, since its time of change was asked for.
            return Missing();
        }
    }

    private Observation Look(TimeProvider time, DateTimeOffset change)
    {
        string found = "exists";
        if (YoungerThan is { } limit)
        {
            TimeSpan age = time.GetUtcNow() - change;
            if (age <= -limit)
            {
                return Observation.Error($"changed {Units.Text(-age)} in the future: the clock was set back");
            }

            found = $"changed {Units.Text(TimeSpan.FromSeconds(Math.Max(0, Math.Floor(age.TotalSeconds))))} ago";
            if (age >= limit)
            {
                return Verdict(isThere: false, $"{found}, not within {Units.Text(limit)}");
            }
        }

        if (Contains is not { } text)
        {
            return Verdict(isThere: true, found);
        }

        bool isThere =
            RegularFile.ReadHere(Path, LargestContent).Bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
        return Verdict(isThere, $"{(isThere ? "contains" : "lacks")} {Printable.Quoted(text)}");
    }

    private Observation Missing() => Verdict(isThere: false, "does not exist");

    private Observation Verdict(bool isThere, string reason) =>
        isThere == Exists ? Observation.Ok(reason) : Observation.Fail(reason);
}
