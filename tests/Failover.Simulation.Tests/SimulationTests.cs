using System.Diagnostics;
using System.Globalization;

namespace Failover.Simulation;

public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Histories = 20_000;
    private const int Seed = 1;

    [Fact]
    public void Random_histories_violate_no_invariant()
    {
        long started = Stopwatch.GetTimestamp();
        int broken = int.MaxValue;
        Parallel.For(
            0,
            Histories,
            (i, state) =>
            {
                if (Trials.Failure(History.Of(Seed + i)) is not null)
                {
                    Interlocked.Exchange(ref broken, Math.Min(broken, Seed + i));
                    state.Stop();
                }
            }
        );
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{Histories} histories in {took.TotalSeconds:0.0} s")
        );
        (broken == int.MaxValue ? "" : Trials.SmallestTrace(History.Of(broken))).ShouldBe("");
    }

    [Fact]
    public void What_happens_to_other_components_changes_nothing_for_one()
    {
        string?[] differences = new string?[2000];
        Parallel.For(
            0,
            differences.Length,
            i => differences[i] = Isolation.Difference(Seed + i) is { } found ? $"seed {Seed + i}:\n{found}" : null
        );
        differences.FirstOrDefault(difference => difference is not null).ShouldBeNull();
    }

    [Fact]
    public void Overrides_change_nothing_but_what_their_component_serves()
    {
        string?[] differences = new string?[2000];
        Parallel.For(
            0,
            differences.Length,
            i =>
                differences[i] = OverrideIsolation.Difference(Seed + i) is { } found
                    ? $"seed {Seed + i}:\n{found}"
                    : null
        );
        differences.FirstOrDefault(difference => difference is not null).ShouldBeNull();
    }

    /// <summary>The comparison sees what it is there to see.</summary>
    [Fact]
    public void A_task_in_common_makes_a_difference() =>
        Enumerable
            .Range(Seed, 200)
            .Count(seed => Isolation.Difference(seed, shares: true) is not null)
            .ShouldBeGreaterThan(20);

    /// <summary>Histories that broke a promise once, as small as they could be made.</summary>
    [Theory]
    [MemberData(nameof(Traces))]
    public void Histories_that_once_violated_an_invariant_hold(string trace)
    {
        string expected = File.ReadAllText(Path.Combine(Folder, trace));
        Replay.Of(expected).ShouldBe(expected);
    }

    public static TheoryData<string> Traces =>
        [
            .. Directory
                .EnumerateFiles(Folder, "*.trace")
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal),
        ];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Traces");
}
