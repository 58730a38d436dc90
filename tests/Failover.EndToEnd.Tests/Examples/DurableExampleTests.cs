namespace Failover;

/// <summary>A script with a state file, killed and started again.</summary>
public sealed class DurableExampleTests : IDisposable
{
    private static readonly TimeSpan Patience = Second(60);

    private readonly string folder = Directory.CreateTempSubdirectory("failover-").FullName;

    private string Passwords => Path.Combine(folder, "users");

    private string State => Passwords + Script.StateEnding;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_latch_and_its_reset_outlive_a_kill_of_the_script()
    {
        await Htpasswd.RunAsync("-cbB", "-C", "4", Passwords, "alice", "secret");
        using Target target = Target.Started();
        await using (RunningScript first = await Scripts.Durable.ServeAsync(target, Passwords))
        {
            target.Stop();
            (await first.PollAsync("mail-u5", 10)).ShouldBe("OOOOOOOOOF");
            await first.Process.KillAsync();
        }

        target.Start();
        await using (RunningScript second = await Scripts.Durable.ServeAsync(target, Passwords))
        {
            (await second.PollAsync("mail-u5", 3)).ShouldBe("FFF");
            (await new Reset(second.Port, "/mail-u5").PostAsync("alice", "secret")).ShouldBe("200 Armed");
            (await second.PollAsync("mail-u5")).ShouldBe("OK");
            await second.Process.KillAsync();
        }

        await using RunningScript third = await Scripts.Durable.ServeAsync(target, Passwords);
        (await third.PollAsync("mail-u5", 3)).ShouldBe("OOO");
        third.Process.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_state_is_read_by_sqlite3_while_the_script_runs()
    {
        await Htpasswd.RunAsync("-cbB", "-C", "4", Passwords, "alice", "secret");
        using Target target = new();
        await using RunningScript script = await Scripts.Durable.ServeAsync(target, Passwords);
        (await script.PollAsync("mail-u5", 10)).ShouldBe("OOOOOOOOOF");

        await Eventually.GetAsync(
            async () =>
            {
                await using ChildProcess reader = ChildProcess.Start(
                    "sqlite3",
                    "sqlite3",
                    $"file:{State}?immutable=1",
                    "SELECT key, state FROM latch"
                );
                await reader.ExitCodeAsync(Patience);
                return reader.Output + reader.Errors;
            },
            answer => answer == "/mail-u5#|fail\n",
            "the latch"
        );

        (await script.PollAsync("mail-u5")).ShouldBe("FAIL");
        script.Process.Output.ShouldNotContain("warning: state file");
    }

    [Fact]
    public async Task A_second_script_on_one_state_file_ends_with_one_line()
    {
        await Htpasswd.RunAsync("-cbB", "-C", "4", Passwords, "alice", "secret");
        using Target target = Target.Started();
        await using RunningScript first = await Scripts.Durable.ServeAsync(target, Passwords);

        await using ChildProcess second = await Scripts.Durable.StartAsync(target.Port, passwords: Passwords);

        (await second.ExitCodeAsync(Patience)).ShouldBe(1, second.ToString());
        second.Errors.ShouldBe($"failover: state file {State} cannot be used: it is in use by another process\n");
        (await first.PollAsync("mail-u5")).ShouldBe("OK");
    }

    [Fact]
    public async Task A_script_whose_state_file_is_removed_warns_and_continues_with_a_new_one()
    {
        await Htpasswd.RunAsync("-cbB", "-C", "4", Passwords, "alice", "secret");
        using Target target = Target.Started();
        await using RunningScript script = await Scripts.Durable.ServeAsync(target, Passwords);
        foreach (string file in Directory.GetFiles(folder, "*.db*"))
        {
            File.Delete(file);
        }

        await script.Process.LineAsync($" warning: state file {State}: it was removed while it was in use");
        await script.Process.LineAsync($"state file {State}: stored again, all that waited");
        File.Exists(State).ShouldBeTrue();
    }
}
