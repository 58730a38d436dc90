using System.Globalization;

namespace Failover;

/// <summary>A reload that names another state file: latches are stored in the one that is open, and move to the other one at a
/// restart.</summary>
public sealed class StateReloadTests : IAsyncLifetime
{
    private readonly Target target = Target.Started();
    private ServedFolder? folder;

    private ServedFolder Served => folder ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        folder = await ServedFolder.WithAsync(Components("state.db"));
        await Served.ServeAsync();
        (await Served.PollAsync("mail")).ShouldBe("OK");
    }

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        target.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_latch_that_occurs_after_it_is_there_after_a_restart(bool hasOld)
    {
        if (hasOld)
        {
            // From before: without the latch.
            File.Copy(Served["state.db"], Served["other.db"]);
        }

        await Served.ReloadAsync(Components("other.db"));
        (await Served.ConfigurationAsync())
            .GetProperty("pending")
            .ToString()
            .ShouldBe("[\"state: another file needs a restart, which moves the state there\"]");
        target.Stop();
        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        target.Start();
        await Served.Daemon.KillAsync();

        await Served.ServeAsync();

        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        await Served.HasLoggedAsync("state file other.db: continues from state.db");
        File.Exists(Served["other.db.from"]).ShouldBeFalse();
        (await Served.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
        await Served.Daemon.StopAsync();
        await Served.ServeAsync();
        (await Served.PollAsync("mail")).ShouldBe("OK", "the second start goes on from its own file");
    }

    [Fact]
    public async Task A_latch_is_there_after_a_restart_also_where_the_reload_was_refused_for_another_reason()
    {
        target.Stop();
        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        target.Start();
        using Target taken = Target.Started();
        Served.Write(
            ServedFolder.Main,
            Components("other.db")
                .Replace("listen: 127.0.0.1:0", $"listen: 127.0.0.1:{taken.Port}", StringComparison.Ordinal)
        );
        await Served.ReloadInVainAsync();
        await Served.Daemon.KillAsync();
        Served.Write(ServedFolder.Main, Components("other.db"));

        await Served.ServeAsync();

        (await Served.PollAsync("mail")).ShouldBe("FAIL");
    }

    [Fact]
    public async Task It_is_refused_where_the_other_file_cannot_be_used()
    {
        Served.Write(ServedFolder.Main, Components("failover.yaml/state.db"));
        await Served.ReloadInVainAsync();

        (await Served.ErrorAsync())
            .ShouldNotBeNull()
            .ShouldStartWith("failover.yaml: state file failover.yaml/state.db cannot be used: ");
    }

    [Fact]
    public async Task Memory_is_refused_while_a_latch_stands()
    {
        const string state = "memory";
        target.Stop();
        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        target.Start();

        Served.Write(ServedFolder.Main, Components(state));
        await Served.ReloadInVainAsync();

        (await Served.ErrorAsync()).ShouldBe(
            "failover.yaml: state is memory, without the latches of /mail\n"
                + "  accepted: \"state.db\", or this once they have been reset: failover reset NAME"
        );
        (await Served.PollAsync("mail")).ShouldBe("FAIL");

        (await Served.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
        await Served.ReloadAsync(Components(state));
        await Served.HasLoggedAsync("state: another file or age needs a restart");
    }

    [Fact]
    public async Task The_file_that_is_open_can_be_named_again_while_a_latch_stands()
    {
        await Served.ReloadAsync(Components("other.db"));
        target.Stop();
        (await Served.PollAsync("mail")).ShouldBe("FAIL");

        await Served.ReloadAsync(Components("state.db"));

        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        (await Served.ConfigurationAsync()).GetProperty("pending").GetArrayLength().ShouldBe(0);
        File.Exists(Served["other.db.from"]).ShouldBeFalse();
    }

    private string Components(string state) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            {{{Top(state)}}}
            components:
              mail:
                toggle:
                  to_fail: {tcp: 127.0.0.1:{{{target.Port}}}}
                  to_ok: {oneshot: {auth: PASSWORDS}}
                on_post: to_ok.fire

            """
        );

    private static string Top(string state) =>
        state == "memory"
            ? ServedFolder.Top
            : ServedFolder.Top.Replace("memory", $"./{state}", StringComparison.Ordinal);
}
