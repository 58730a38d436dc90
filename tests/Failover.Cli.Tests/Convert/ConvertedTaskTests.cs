namespace Failover;

/// <summary>A program of other software, as the written check runs it.</summary>
public sealed class ConvertedTaskTests
{
    [Theory]
    [InlineData("exit 0", HealthState.Ok)]
    [InlineData("exit 1", HealthState.Fail)]
    [InlineData("exit 125", HealthState.Fail)]
    [InlineData("exit 126", HealthState.Error)]
    [InlineData("exit 127", HealthState.Error)]
    [InlineData("kill -SEGV $$", HealthState.Error)]
    [InlineData("exit 192", HealthState.Error)]
    [InlineData("exit 193", HealthState.Fail)]
    [InlineData("exit 255", HealthState.Fail)]
    public async Task Every_exit_code_but_0_is_a_fail_unless_the_program_did_not_run(string end, HealthState state)
    {
        Observation seen = await ProbeAsync(ConvertedTask.Exec(["/bin/sh", "-c", end], "10s"));

        seen.State.ShouldBe(state, $"{seen}");
        seen.HasWarning.ShouldBeFalse();
    }

    [Theory]
    [InlineData("/no/such/program", "not found")]
    [InlineData("/dev/null", "ermission denied")]
    public async Task A_program_that_cannot_be_started_is_an_error(string program, string reason)
    {
        (await ProbeAsync(ConvertedTask.Exec([program], "10s"))).ShouldSatisfyAllConditions(
            seen => seen.State.ShouldBe(HealthState.Error),
            seen => $"{seen}".ShouldContain(reason)
        );
        (await ProbeDynamicAsync(program)).State.ShouldBe(HealthState.Error);
    }

    [Theory]
    [InlineData("exit 0", HealthState.Ok)]
    [InlineData("exit 1", HealthState.Fail)]
    [InlineData("exit 2", HealthState.Ok)]
    [InlineData("exit 100", HealthState.Ok)]
    [InlineData("kill -SEGV $$", HealthState.Error)]
    [InlineData("exit 255", HealthState.Ok)]
    public async Task With_misc_dynamic_an_exit_code_of_1_alone_is_a_fail(string end, HealthState state)
    {
        string quoted = end.Contains(' ', StringComparison.Ordinal) ? $"'{end}'" : end;

        (await ProbeDynamicAsync($"/bin/sh -c {quoted}")).State.ShouldBe(state);
    }

    private static Task<Observation> ProbeDynamicAsync(string command)
    {
        ConvertedMap file = KeepalivedFile.Convert(
            $"virtual_server 192.0.2.1 80 {{ \n real_server 10.0.0.1 80 {{ \n MISC_CHECK {{ \n misc_path \"{command}\" \n misc_dynamic \n }} \n }} \n }}"
        );
        ConvertedMap components = (ConvertedMap)file["components"]!;
        return ProbeAsync((ConvertedMap)components[components.Keys.Single()]!);
    }

    private static async Task<Observation> ProbeAsync(ConvertedMap task)
    {
        ConvertedList command = (ConvertedList)((ConvertedMap)task["exec"]!)["command"]!;
        ExecCheck check = new(command.Items.Select(item => ((ConvertedText)item).Text));
        return await check.ProbeAsync(TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
