namespace Failover;

/// <summary>The guide's first page, from its configuration file on. `./build.sh soak --newcomer` begins with `git clone`.</summary>
public sealed class GettingStartedTests
{
    [Fact]
    public async Task A_new_user_sees_what_the_guide_says()
    {
        string[] command = ["dotnet", DaemonFiles.Program];
        await using ChildProcess newcomer = ChildProcess.Start(
            "bash",
            "bash",
            [Path.Combine(Repository.Root, "tests", "newcomer.sh"), .. command]
        );

        (await newcomer.ExitCodeAsync(within: Minute(4))).ShouldBe(0, newcomer.ToString());

        newcomer.Output.ShouldEndWith("everything printed what the guide says\n");
    }
}
