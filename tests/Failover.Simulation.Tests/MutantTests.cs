using System.Globalization;

namespace Failover.Simulation;

/// <summary>The simulation sees: each deliberate fault of the machine is found.</summary>
public sealed class MutantTests(MutantTests.Core core, ITestOutputHelper output) : IClassFixture<MutantTests.Core>
{
    private const int Histories = 10_000;

    public static TheoryData<int> Numbers => [.. Enumerable.Range(1, Mutants.All.Count)];

    [Fact]
    public void There_are_at_least_fifteen() => Mutants.All.Count.ShouldBeGreaterThanOrEqualTo(15);

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_deliberate_fault_is_found(int number)
    {
        Mutant mutant = Mutants.All[number - 1];
        var found = core.Mutated.FirstBroken(number, mutant.FirstSeed, Histories);
        found.ShouldNotBeNull($"{mutant.Name}: not found in {Histories} histories");
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{mutant.Name}: after {mutant.FirstSeed - 1 + found.Value.Histories} histories, by {found.Value.Invariant}"
            )
        );
    }

    [Fact]
    public void Without_one_nothing_is_found() => core.Mutated.FirstBroken(0, seed: 1, histories: 300).ShouldBeNull();

    /// <summary>Built once.</summary>
    public sealed class Core
    {
        internal MutatedCore Mutated { get; } = MutatedCore.Build();
    }
}
