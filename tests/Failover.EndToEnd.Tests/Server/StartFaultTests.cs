namespace Failover;

/// <summary>A script that cannot listen says why in one line, and ends with exit code 1. A password file that cannot be used does not
/// keep it from serving.</summary>
public sealed class StartFaultTests
{
    private static readonly TimeSpan Patience = Second(60);

    [Fact]
    public async Task A_port_in_use_is_one_line()
    {
        using Target target = Target.Started();

        await using ChildProcess script = await Scripts.One.StartAsync(target.Port, port: target.Port);

        (await script.ExitCodeAsync(Patience)).ShouldBe(1, script.ToString());
        script.Errors.ShouldBe($"failover: cannot listen on http://*:{target.Port}: the port is in use\n");
        script.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/nowhere/users")]
    [InlineData("/tmp")]
    [InlineData("/dev/null")]
    public async Task With_a_password_file_that_cannot_be_used_it_serves_warns_and_answers_POSTs_with_503(
        string passwords
    )
    {
        using Target target = Target.Started();

        await using RunningScript script = await Scripts.Five.ServeAsync(target, passwords);

        (await script.PollAsync("mail-u5")).ShouldBe("OK");
        (await new Reset(script.Port, "/mail-u5").PostAsync("alice", "secret")).ShouldBe("503 Unavailable");
        await script.Process.LineAsync($" warning: {passwords}: ");
        await script.Process.LineAsync("; until it is good, the POSTs that it guards are answered with 503");
        script.Process.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_malformed_password_file_is_reported_with_its_line_but_no_password_and_counts_once_it_is_good()
    {
        string passwords = Path.GetTempFileName();
        string good = await Htpasswd.LineAsync("alice", "secret", "-B", "-C", "4");
        await File.WriteAllTextAsync(passwords, good + "bob:hunter2\n", TestContext.Current.CancellationToken);
        using Target target = Target.Started();

        await using RunningScript script = await Scripts.Five.ServeAsync(target, passwords);

        Reset reset = new(script.Port, "/mail-u5");
        (await reset.PostAsync("alice", "secret")).ShouldBe("503 Unavailable");
        await script.Process.LineAsync($" warning: {passwords}:2: got for user \"bob\" a plain-text password");
        script.Process.Output.ShouldNotContain("hunter2");

        await File.WriteAllTextAsync(passwords, good, TestContext.Current.CancellationToken);

        (await reset.PostAsync("alice", "secret")).ShouldBe("409 Nothing to reset");
        await script.Process.LineAsync($"{passwords}: good again");
        File.Delete(passwords);
    }
}
