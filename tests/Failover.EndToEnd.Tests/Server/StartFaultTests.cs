namespace Failover;

/// <summary>A script that cannot start says why in one line, and ends with exit code 1.</summary>
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
    public async Task A_password_file_that_cannot_be_used_is_one_line_that_names_it(string passwords)
    {
        using Target target = Target.Started();

        await using ChildProcess script = await Scripts.Five.StartAsync(target.Port, passwords: passwords);

        (await script.ExitCodeAsync(Patience)).ShouldBe(1, script.ToString());
        string line = script.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        line.ShouldStartWith("failover: ");
        line.ShouldContain(passwords);
        script.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_malformed_password_file_is_one_line_that_names_file_and_line_but_no_password()
    {
        string passwords = Path.GetTempFileName();
        string good = await Htpasswd.LineAsync("alice", "secret", "-B", "-C", "4");
        await File.WriteAllTextAsync(passwords, good + "bob:hunter2\n", TestContext.Current.CancellationToken);
        using Target target = Target.Started();

        await using ChildProcess script = await Scripts.Five.StartAsync(target.Port, passwords: passwords);

        (await script.ExitCodeAsync(Patience)).ShouldBe(1, script.ToString());
        string line = script.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        line.ShouldStartWith($"failover: {passwords}:2: ");
        line.ShouldNotContain("hunter2");
        File.Delete(passwords);
    }
}
