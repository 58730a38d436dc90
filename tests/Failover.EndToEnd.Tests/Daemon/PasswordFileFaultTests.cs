using System.Globalization;
using System.Text.Json;

namespace Failover;

/// <summary>A daemon whose password file is bad: components are served, POSTs that it guards are answered with 503, log and status say
/// why, and once the file is good they are carried out without a restart.</summary>
public sealed class PasswordFileFaultTests : IAsyncLifetime
{
    private readonly Target target = new();
    private ServedFolder? folder;

    private ServedFolder Served => folder ?? throw new InvalidOperationException("not made");

    public async ValueTask InitializeAsync() => folder = await ServedFolder.WithAsync(With("nobody"));

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        target.Dispose();
    }

    [Fact]
    public async Task Bad_at_the_start_it_is_reported_loudly_and_used_once_it_is_good()
    {
        await Served.ServeAsync();

        await Served.PollUntilAsync("mail", "FAIL");
        await Served.PollUntilAsync("web", "FAIL");
        (await Served.Daemon.PostAsync("mail")).ShouldBe("503 Unavailable");
        await Served.HasLoggedAsync(" warning: nobody: cannot be read (it does not exist)");
        await Served.Daemon.Process.LineAsync("POST by alice from 127.0.0.1: the password file is unusable");
        (await ProblemOfAsync("mail")).ShouldNotBeNull().ShouldStartWith("nobody: cannot be read (it does not exist)");
        (await ProblemOfAsync("web")).ShouldBeNull();

        File.Copy(Served.Passwords, Served["nobody"]);

        (await Served.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
        (await ProblemOfAsync("mail")).ShouldBeNull();
        await Served.Daemon.Process.LineAsync("nobody: good again");
    }

    [Fact]
    public async Task Bad_in_a_reload_it_does_not_keep_the_rest_from_being_taken()
    {
        Served.Write(ServedFolder.Main, With("PASSWORDS"));
        await Served.ServeAsync();
        await Served.PollUntilAsync("mail", "FAIL");

        await Served.ReloadAsync(With("nobody") + "  added: {tcp: 127.0.0.1:1}\n");

        await Served.PollUntilAsync("added", "FAIL");
        (await Served.PollAsync("mail")).ShouldBe("FAIL", "latched");
        (await Served.Daemon.PostAsync("mail")).ShouldBe("503 Unavailable");
        await Served.HasLoggedAsync(" warning: nobody: cannot be read (it does not exist)");

        await Served.ReloadAsync(With("PASSWORDS"));

        (await ProblemOfAsync("mail")).ShouldBeNull();
        (await Served.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
    }

    private async Task<string?> ProblemOfAsync(string component)
    {
        JsonElement status = await Served.Daemon.StatusOfAsync(component);
        return status.GetProperty("post_problem").GetString() is { } problem ? Served.FromHere(problem) : null;
    }

    private string With(string passwords) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            {{{ServedFolder.Top}}}
            components:
              mail:
                toggle:
                  to_fail: {tcp: 127.0.0.1:{{{target.Port}}}}
                  to_ok: {oneshot: {auth: {{{passwords}}}}}
                on_post: to_ok.fire
              web: {tcp: 127.0.0.1:{{{target.Port}}}}

            """
        );
}
