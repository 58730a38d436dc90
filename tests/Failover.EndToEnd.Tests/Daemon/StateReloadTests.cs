using System.Globalization;

namespace Failover;

/// <summary>A reload that names another state file: latches are stored in the one that is open.</summary>
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
    [InlineData("other.db", "\"other.db\"")]
    [InlineData("memory", "memory")]
    public async Task It_is_refused_while_a_latch_stands(string state, string shown)
    {
        target.Stop();
        (await Served.PollAsync("mail")).ShouldBe("FAIL");
        target.Start();

        Served.Write(ServedFolder.Main, Components(state));
        await Served.ReloadInVainAsync();

        (await Served.ErrorAsync()).ShouldBe(
            $"failover.yaml: state is {shown}, without the latches of /mail\n"
                + "  accepted: \"state.db\", or another file once they have been reset: failover reset NAME"
        );
        (await Served.PollAsync("mail")).ShouldBe("FAIL");

        (await Served.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
        await Served.ReloadAsync(Components(state));
        Served.Log.ShouldContain("state: another file or age needs a restart");
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
