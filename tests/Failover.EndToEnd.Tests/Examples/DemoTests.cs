namespace Failover;

/// <summary>The first command of the README, as it stands there.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_shows_the_five_examples_at_work()
    {
        await using ChildProcess demo = ChildProcess.StartSdk(
            "run",
            Path.Combine(Repository.Root, "examples", "demo.cs")
        );

        (await demo.ExitCodeAsync(within: Minute(4))).ShouldBe(0, demo.ToString());

        string[] states =
        [
            .. demo.Output.Split('\n').Where(line => line.StartsWith("    /example-1", StringComparison.Ordinal)),
        ];
        states.ShouldBe([
            "    /example-1 200 OK   /example-2 200 OK   /example-3 200 OK   /example-4 200 OK   /mail-u5 200 OK",
            "    /example-1 503 FAIL   /example-2 503 FAIL   /example-3 503 FAIL   /example-4 503 FAIL   /mail-u5 503 FAIL",
            "    /example-1 200 OK   /example-2 200 OK   /example-3 200 OK   /example-4 200 OK   /mail-u5 503 FAIL",
            "    /example-1 200 OK   /example-2 200 OK   /example-3 200 OK   /example-4 200 OK   /mail-u5 200 OK",
        ]);
        demo.Output.ShouldContain("POST /mail-u5 by operator: 200 Armed");
    }
}
