using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Failover;

/// <summary>A configuration that has gone bad: what was served goes on, runs of evidence too, whoever asks hears why, and once it
/// is good again it is taken.</summary>
public sealed class BadReloadTests : IAsyncLifetime
{
    private readonly Target target = Target.Started();
    private ServedFolder? folder;

    private ServedFolder Served => folder ?? throw new InvalidOperationException("not made");

    public async ValueTask InitializeAsync()
    {
        folder = await ServedFolder.WithAsync(Good("mail"));
        await Served.ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        target.Dispose();
    }

    [Theory]
    [InlineData("", "failover.yaml:1:1: the file is empty\n  accepted: a mapping\n")]
    [InlineData("listen: [8080, 8081\ncomponents: {}\n", "failover.yaml:1:10: this is no YAML from here on\n")]
    [InlineData(
        "managment: off\ncomponents:\n  mail: {tcp: {hots: a, port: 1}}\n",
        "failover.yaml:1:1: unknown key \"managment\"\n"
            + "  accepted: access, agent, components, connections, defaults, guards, history, include, listen, maintenance, management, notifications, otlp, probes, reload, state, tasks, tls, track_files, trusted_proxies\n"
            + "  did you mean \"management\"?\n"
            + "failover.yaml:3:16: unknown key \"hots\" in tcp \"mail\"\n"
            + "  accepted: ca, client_certificate, client_key, close, exchange, expires_within, family, host, insecure, latency, port, "
            + "preset, resolver, server_name, source_host, source_port, starttls, timeout, tls, warn_within\n"
            + "  did you mean \"host\"?\n"
    )]
    public Task A_file_with_mistakes_is_not_taken(string text, string error) =>
        ProveAsync(() => Served.Write(ServedFolder.Main, text), error);

    [Fact]
    public Task A_file_that_is_gone_is_not_taken() =>
        ProveAsync(
            () => File.Delete(Served[ServedFolder.Main]),
            "failover.yaml: the file cannot be read: it does not exist\n"
        );

    [Fact]
    public Task A_file_of_100_MB_is_not_taken() =>
        ProveAsync(
            () =>
            {
                using FileStream file = File.Create(Served[ServedFolder.Main]);
                file.SetLength(100_000_000);
            },
            "failover.yaml: the file is larger than 64MiB\n"
        );

    [Fact]
    public Task A_bomb_of_aliases_is_not_taken()
    {
        StringBuilder bomb = new("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 0; i < 30; i++)
        {
            string tenfold = string.Join(", ", Enumerable.Repeat($"*a{i}", 10));
            bomb.Append(CultureInfo.InvariantCulture, $"a{i + 1}: &a{i + 1} [{tenfold}]\n");
        }

        return ProveAsync(
            () => Served.Write(ServedFolder.Main, bomb.ToString()),
            "failover.yaml:6:45: too many values, aliases and merges followed\n  accepted: up to 1000000 in all files\n"
        );
    }

    [Fact]
    public Task A_certificate_that_is_missing_has_the_whole_file_refused() =>
        ProveAsync(
            () =>
                Served.Write(
                    ServedFolder.Main,
                    Good("new") + $"tls: {{certificate: {Served["tls.crt"]}, key: {Served["tls.key"]}}}\n"
                ),
            "tls.crt: cannot be read (it does not exist); accepted: a regular file that this process may read"
        );

    [Fact]
    public Task A_secret_that_is_missing_has_the_whole_file_refused() =>
        ProveAsync(
            () => Served.Write(ServedFolder.Main, Good("new") + "defaults: {timeout: \"${file:/nowhere}\"}\n"),
            "failover.yaml:13:21: ${file:/nowhere} cannot be read: it does not exist\n"
        );

    private async Task ProveAsync(Action spoil, string error)
    {
        error = Served.FromHere(error);
        for (int i = 0; i < 8; i++)
        {
            (await Served.PollAsync("mail")).ShouldBe("FAIL");
        }

        JsonElement before = await Served.ConfigurationAsync();
        string served = (await Served.ReadAsync("configuration")).ToString();

        spoil();
        await Served.ReloadInVainAsync();

        (await Served.ErrorAsync()).ShouldBe(error);
        JsonElement after = await Served.ConfigurationAsync();
        after.GetProperty("loaded_at").GetString().ShouldBe(before.GetProperty("loaded_at").GetString());
        (await Served.ReadAsync("configuration")).ToString().ShouldBe(served);
        string indented = string.Concat(error.TrimEnd('\n').Split('\n').Select(line => $"  {line}\n"));
        Served
            .FromHere(Served.Log)
            .ShouldContain(
                $"error: {ServedFolder.Main}: reload rejected; keeping the running configuration:\n{indented}"
            );
        (await Served.PollAsync("new")).ShouldBe("Not Found");
        (await Served.PollAsync("mail")).ShouldBe("FAIL", "the 9th good look");
        (await Served.PollAsync("mail")).ShouldBe("OK", "the 10th good look");
        int refusals = Served.Refusals;

        // It is looked at without a signal; the same content as what is served is a change as well.
        Served.Write(ServedFolder.Main, Good("mail"));
        await Eventually.IsAsync(() => Served.Reloads == 1, "a reload");
        (await Served.ErrorAsync()).ShouldBeNull();
        (await Served.PollAsync("mail")).ShouldBe("OK");
        Served.Write(ServedFolder.Main, Good("new"));
        await Served.PollUntilAsync("new", "FAIL");
        Served.Refusals.ShouldBe(refusals, "one change is told once");
        Served.Daemon.Process.Errors.ShouldBeEmpty();
    }

    private string Good(string component) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            {{{ServedFolder.Top}}}
            components:
              {{{component}}}:
                hysteresis: {task: {tcp: 127.0.0.1:{{{target.Port}}}}, initial_state: fail, ok_after: 10}
              latch:
                toggle:
                  to_fail: {tcp: 127.0.0.1:{{{target.Port}}}}
                  to_ok: {oneshot: {auth: PASSWORDS}}
                on_post: to_ok.fire

            """
        );
}
