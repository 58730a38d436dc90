using System.Diagnostics;

namespace Failover;

/// <summary>The examples as processes, before a target that comes and goes: that each does what its text says, as a script and from
/// the configuration file.</summary>
public sealed class ExampleTests
{
    private static readonly TimeSpan OkAfter = Second(0.6);
    private static readonly TimeSpan FailAfter = Second(1.2);

    [Theory]
    [InlineData(ExampleForm.Script)]
    [InlineData(ExampleForm.Yaml)]
    public async Task Example_1_says_whether_the_target_accepts_now(ExampleForm form)
    {
        using Target target = Target.Started();
        await using RunningScript script = await Of(form, Scripts.One, ExampleFiles.One).ServeAsync(target);

        (await script.PollAsync("example-1")).ShouldBe("OK");
        target.Stop();
        (await script.PollAsync("example-1")).ShouldBe("FAIL");
        target.Start();
        (await script.PollAsync("example-1")).ShouldBe("OK");
    }

    [Theory]
    [InlineData(ExampleForm.Script)]
    [InlineData(ExampleForm.Yaml)]
    public async Task Example_2_begins_in_FAIL_and_counts_5_successes_and_20_failures(ExampleForm form)
    {
        using Target target = Target.Started();
        await using RunningScript script = await Of(form, Scripts.Two, ExampleFiles.Two).ServeAsync(target);

        (await script.PollAsync("example-2", 6)).ShouldBe("FFFFOO");
        target.Stop();
        (await script.PollAsync("example-2", 19)).ShouldBe(new string('O', 19));
        target.Start();
        (await script.PollAsync("example-2", 1)).ShouldBe("O", "a success resets the counter");
        target.Stop();
        (await script.PollAsync("example-2", 21)).ShouldBe(new string('O', 19) + "FF");
        target.Start();
        (await script.PollAsync("example-2", 5)).ShouldBe("FFFFO");
    }

    [Theory]
    [InlineData(ExampleForm.Script)]
    [InlineData(ExampleForm.Yaml)]
    public async Task Example_3_begins_in_FAIL_and_changes_by_time(ExampleForm form)
    {
        using Target target = Target.Started();
        await using RunningScript script = await Of(form, Scripts.Three, ExampleFiles.Three)
            .ServeAsync(target, instead: [OkAfter, FailAfter]);

        long up = Stopwatch.GetTimestamp();
        (await script.PollAsync("example-3")).ShouldBe("FAIL");
        await script.PollUntilAsync("example-3", "OK");
        Stopwatch.GetElapsedTime(up).ShouldBeGreaterThanOrEqualTo(OkAfter);

        target.Stop();
        (await script.PollAsync("example-3")).ShouldBe("OK");
        target.Start();
        (await script.PollAsync("example-3")).ShouldBe("OK", "a success resets the counter");
        target.Stop();
        long down = Stopwatch.GetTimestamp();
        await script.PollUntilAsync("example-3", "FAIL");
        Stopwatch.GetElapsedTime(down).ShouldBeGreaterThanOrEqualTo(FailAfter);
    }

    [Theory]
    [InlineData(ExampleForm.Script)]
    [InlineData(ExampleForm.Yaml)]
    public async Task Example_4_is_answered_from_memory_whatever_is_polled(ExampleForm form)
    {
        using Target target = Target.Started();
        await using RunningScript script = await Of(form, Scripts.Four, ExampleFiles.Four)
            .ServeAsync(target, instead: Minute(3));

        // The probe at the start is the only one for three minutes; a second one would make it OK.
        (await script.PollAsync("example-4", 100)).ShouldBe(new string('F', 100));
    }

    [Theory]
    [InlineData(ExampleForm.Script)]
    [InlineData(ExampleForm.Yaml)]
    public async Task Example_4_switches_by_two_checks_of_its_own(ExampleForm form)
    {
        using Target target = Target.Started();
        await using RunningScript script = await Of(form, Scripts.Four, ExampleFiles.Four)
            .ServeAsync(target, instead: Second(0.2));

        await script.PollUntilAsync("example-4", "OK");
        target.Stop();
        await script.PollUntilAsync("example-4", "FAIL");
        target.Start();
        await script.PollUntilAsync("example-4", "OK");
        await script.Process.LineAsync("/example-4 ok -> fail: ");
    }

    [Theory]
    [InlineData(ExampleForm.Script)]
    [InlineData(ExampleForm.Yaml)]
    public async Task Example_5_stays_in_FAIL_until_an_authorised_user_resets_it(ExampleForm form)
    {
        string passwords = Path.GetTempFileName();
        await Htpasswd.RunAsync("-cbB", "-C", "4", passwords, "alice", "open sésame");
        using Target target = Target.Started();
        await using RunningScript script = await Of(form, Scripts.Five, ExampleFiles.Five)
            .ServeAsync(target, passwords);
        Reset reset = new(script.Port, "/mail-u5");

        (await script.PollAsync("mail-u5", 2)).ShouldBe("OO");
        (await reset.PostAsync("alice", "open sésame")).ShouldBe("409 Nothing to reset");
        target.Stop();
        (await script.PollAsync("mail-u5", 11)).ShouldBe("OOOOOOOOOFF");
        target.Start();
        (await script.PollAsync("mail-u5", 20)).ShouldBe(new string('F', 20), "latched");
        (await reset.PostAsync("alice", "wrong")).ShouldBe("401 Unauthorized");
        (await script.PollAsync("mail-u5")).ShouldBe("FAIL");

        (await reset.PostAsync("alice", "open sésame")).ShouldBe("200 Armed");

        (await script.PollAsync("mail-u5", 2)).ShouldBe("OO");
        (await reset.PostAsync("alice", "open sésame")).ShouldBe("409 Nothing to reset");
        target.Stop();
        (await script.PollAsync("mail-u5", 11)).ShouldBe("OOOOOOOOOFF", "failing over again takes ten failures again");
        await script.Process.LineAsync("/mail-u5 POST by alice from ");
        script.Process.Output.ShouldNotContain("sésame");
        File.Delete(passwords);
    }

    private static IExample Of(ExampleForm form, Script script, ExampleFile file) =>
        form switch
        {
            ExampleForm.Script => script,
            ExampleForm.Yaml => file,
            _ => throw new ArgumentOutOfRangeException(nameof(form), form, "unknown form"),
        };
}
