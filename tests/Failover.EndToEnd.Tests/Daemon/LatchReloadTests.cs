using System.Globalization;
using System.Text.Json;

namespace Failover;

/// <summary>A latched fail, whatever becomes of the configuration: it is left by a reset and by nothing else.</summary>
public sealed class LatchReloadTests : IAsyncLifetime
{
    private readonly Target target = Target.Started();
    private ServedFolder? folder;

    private ServedFolder Served => folder ?? throw new InvalidOperationException("not started");

    private string Tcp => string.Create(CultureInfo.InvariantCulture, $"tcp: 127.0.0.1:{target.Port}");

    public async ValueTask InitializeAsync()
    {
        folder = await ServedFolder.WithAsync(Components(Toggle(failAfter: 2)));
        await Served.ServeAsync();
        (await Served.PollAsync("mail")).ShouldBe("OK");
        target.Stop();
        (await Served.PollAsync("mail")).ShouldBe("OK");
        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        target.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        target.Dispose();
    }

    [Fact]
    public async Task It_stays_under_another_threshold()
    {
        await Served.ReloadAsync(Components(Toggle(failAfter: 5)));

        await StaysLatchedAsync();
        await IsResetAsync();
        target.Stop();
        for (int i = 0; i < 4; i++)
        {
            (await Served.PollAsync("mail")).ShouldBe("OK", "five failures by now");
        }

        (await Served.PollAsync("mail")).ShouldBe("FAIL");
    }

    [Fact]
    public async Task It_stays_before_another_target_and_under_another_initial_state()
    {
        using Target other = Target.Started();
        string text = Components(Toggle(failAfter: 2));
        await Served.ReloadAsync(
            text.Replace($":{target.Port}", $":{other.Port}", StringComparison.Ordinal)
                .Replace("to_ok:", "initial_state: ok\n      to_ok:", StringComparison.Ordinal)
        );

        await StaysLatchedAsync();
        await IsResetAsync();
    }

    [Fact]
    public async Task It_stays_at_another_place_in_the_tree()
    {
        await Served.ReloadAsync(
            Components(
                $$"""
                  mail:
                    hysteresis:
                      initial_state: ok
                      ok_after: 1
                      fail_after: 1
                      task:
                        toggle:
                          to_fail:
                            hysteresis: {task: {{{Tcp}}}, fail_after: 2}
                          to_ok:
                            oneshot: {auth: PASSWORDS}
                    on_post: task.to_ok.fire
                """
            )
        );

        await StaysLatchedAsync();
        await IsResetAsync();
    }

    [Fact]
    public async Task It_stays_as_a_task_of_another_name_and_in_a_background_loop()
    {
        await Served.ReloadAsync(
            $$"""
            {{ServedFolder.Top}}
            tasks:
              latch:
                toggle:
                  to_fail:
                    hysteresis: {task: {{{Tcp}}}, fail_after: 2}
                  to_ok:
                    oneshot: {auth: PASSWORDS}
            components:
              mail:
                background: {task: {ref: latch}, interval: 50ms}
                on_post: task.to_ok.fire
              same:
                ref: latch
                on_post: to_ok.fire

            """
        );

        await StaysLatchedAsync();
        (await Served.PollAsync("same")).ShouldBe("OK", "a new component: a reload makes no latch");
        (await Served.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
        await Served.PollUntilAsync("mail", "OK");
        (await Served.PollAsync("same")).ShouldBe("OK");
    }

    [Fact]
    public async Task It_is_gone_with_its_component_and_back_with_it()
    {
        await Served.ReloadAsync(Components($"  other: {{{Tcp}}}\n"));
        (await Served.PollAsync("mail")).ShouldBe("Not Found");
        (await Served.PollAsync("other")).ShouldBe("OK");
        (await Served.Daemon.PostAsync("mail")).ShouldStartWith("404 ");

        await Served.ReloadAsync(Components(Toggle(failAfter: 2)));

        await StaysLatchedAsync();
        await IsResetAsync();
    }

    [Fact]
    public async Task It_stays_where_no_toggle_is_left_until_one_is_back()
    {
        await Served.ReloadAsync(Components($"  mail: {{{Tcp}}}\n"));

        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        JsonElement mail = await Served.ReadAsync("components/mail");
        mail.GetProperty("state").GetString().ShouldBe("fail");
        mail.GetProperty("reason")
            .GetString()
            .ShouldBe(
                $"latched by a toggle that was removed: refused: 127.0.0.1:{target.Port.ToString(CultureInfo.InvariantCulture)}"
            );
        mail.GetProperty("latch").GetString().ShouldStartWith("no reset (POST) ends it: the component needs a toggle");
        (await Served.Daemon.StatusOfAsync("mail"))
            .GetProperty("latch_problem")
            .GetString()
            .ShouldBe(mail.GetProperty("latch").GetString());
        (await Served.Daemon.PostAsync("mail")).ShouldStartWith("405 ");

        // An unchanged file, and one with a neighbour more: still no way out.
        await Served.ReloadAsync(Components($"  mail: {{{Tcp}}}\n"));
        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        await Served.ReloadAsync(Components($"  mail: {{{Tcp}}}\n  other: {{{Tcp}}}\n"));
        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        (await Served.PollAsync("other")).ShouldBe("OK");

        await Served.ReloadAsync(Components(Toggle(failAfter: 2)));
        await StaysLatchedAsync();
        await IsResetAsync();
    }

    [Fact]
    public async Task A_component_that_was_never_latched_is_not_by_a_reload()
    {
        string both = Components(Toggle(failAfter: 2) + $"  other: {{{Tcp}}}\n");
        await Served.ReloadAsync(both);
        await IsResetAsync();

        await Served.ReloadAsync(Components(Toggle(failAfter: 3)));
        (await Served.PollAsync("mail")).ShouldBe("OK");
        await Served.ReloadAsync(Components($"  mail: {{{Tcp}}}\n"));
        (await Served.PollAsync("mail")).ShouldBe("OK");
    }

    private async Task StaysLatchedAsync()
    {
        for (int i = 0; i < 10; i++)
        {
            (await Served.PollAsync("mail")).ShouldBe("FAIL");
        }

        (await new Reset(Served.Port, "/mail").PostAsync("alice", "wrong")).ShouldBe("401 Unauthorized");
        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        JsonElement mail = await Served.Daemon.StatusOfAsync("mail");
        mail.GetProperty("is_latched").GetBoolean().ShouldBeTrue();
        mail.GetProperty("can_reset").GetBoolean().ShouldBeTrue();
        mail.GetProperty("reason").GetString()!.ShouldContain("refused: ");
    }

    private async Task IsResetAsync()
    {
        (await Served.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
        (await Served.PollAsync("mail")).ShouldBe("OK");
    }

    private string Toggle(int failAfter) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
              mail:
                toggle:
                  to_fail:
                    hysteresis: {task: {{{Tcp}}}, fail_after: {{failAfter}}}
                  to_ok:
                    oneshot: {auth: PASSWORDS}
                on_post: to_ok.fire

            """
        );

    private static string Components(string components) => $"{ServedFolder.Top}components:\n{components}";
}
