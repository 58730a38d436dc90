using System.Text.RegularExpressions;

namespace Failover;

/// <summary>What the guide tells to put into HAProxy's configuration is what HAProxy takes.</summary>
public sealed partial class GuideTests
{
    [Fact]
    public async Task Every_configuration_of_HAProxy_in_the_guide_is_valid()
    {
        string guide = Path.Combine(Repository.Root, "docs", "guide", "behind-haproxy.md");
        string text = await File.ReadAllTextAsync(guide, TestContext.Current.CancellationToken);
        string[] configurations = [.. Blocks().Matches(text).Select(block => block.Groups["block"].Value)];

        configurations.ShouldNotBeEmpty();
        foreach (string configuration in configurations)
        {
            await ShouldBeValidAsync(configuration);
        }
    }

    private static async Task ShouldBeValidAsync(string configuration)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, configuration, TestContext.Current.CancellationToken);
            await using ChildProcess haproxy = ChildProcess.Start("haproxy", "haproxy", "-c", "-f", file);
            (await haproxy.ExitCodeAsync(within: Minute(1))).ShouldBe(0, haproxy.ToString());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(
        "^```haproxy\n(?<block>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Blocks();
}
