using System.Globalization;

namespace Failover;

/// <summary>HAProxy asks a daemon by agent checks what to do with its server, which is up all the time as HAProxy's own checks see it.</summary>
public sealed class HaproxyAgentTests
{
    [Theory]
    [InlineData("down", "DOWN (agent)")]
    [InlineData("drain", "DRAIN (agent)")]
    public async Task A_server_is_taken_out_and_comes_back_by_itself(string onFail, string status)
    {
        await using Agents agents = await Agents.StartAsync(onFail);
        await agents.TrafficGoesToAsync("primary");

        agents.Judged.Stop();
        await agents.IsAsync(status);
        await agents.TrafficGoesToAsync("secondary");

        agents.Judged.Start();
        await agents.IsAsync("UP");
        await agents.TrafficGoesToAsync("primary");
    }

    [Theory]
    [InlineData("maint", "MAINT")]
    [InlineData("drain", "DRAIN (agent)")]
    public async Task What_people_set_at_HAProxy_stays_but_with_drain(string set, string status)
    {
        await using Agents agents = await Agents.StartAsync("down");
        await agents.TrafficGoesToAsync("primary");

        await agents.CommandAsync($"set server back/primary state {set}");
        await agents.AnsweredAsync("L7OK");
        (await agents.StatusAsync()).ShouldBe(status);

        await agents.ReloadAsync("drain");
        await agents.IsAsync("UP");
    }

    [Fact]
    public async Task A_state_that_is_not_known_changes_nothing()
    {
        await using Agents agents = await Agents.StartAsync("down", send: "no-such-component");

        await agents.AnsweredAsync("CHECKED");
        (await agents.StatusAsync()).ShouldBe("UP");
    }

    private sealed class Agents : IAsyncDisposable
    {
        private readonly Target primary = Target.Started("primary");
        private readonly Target secondary = Target.Started("secondary");
        private DaemonFiles files = null!;
        private RunningDaemon daemon = null!;
        private Proxy haproxy = null!;

        /// <summary>What the component checks.</summary>
        public Target Judged { get; } = Target.Started();

        public static async Task<Agents> StartAsync(string onFail, string send = "primary")
        {
            Agents agents = new() { files = await DaemonFiles.WithAsync("") };
            agents.Write(onFail);
            agents.daemon = await agents.files.ServeAsync();
            string line = await agents.daemon.Process.LineAsync("agent checks at http://127.0.0.1:");
            string port = line[(line.LastIndexOf(':') + 1)..];
            string check =
                $"check inter 100ms fall 1 rise 1 agent-check agent-addr 127.0.0.1 agent-port {port} agent-inter 100ms";
            agents.haproxy = await Haproxy.StartAsync(
                frontend: "",
                backend: string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    server primary 127.0.0.1:{agents.primary.Port} {check} agent-send "{send}\n"
                        server secondary 127.0.0.1:{agents.secondary.Port} backup
                    """
                )
            );
            return agents;
        }

        public async Task TrafficGoesToAsync(string server) =>
            await Eventually.GetAsync(
                () => haproxy.GetAsync("/"),
                answer => string.Equals(answer, $"200 {server}", StringComparison.Ordinal),
                $"traffic to {server}"
            );

        /// <summary>Waits until HAProxy has this status of the server.</summary>
        public async Task IsAsync(string status) =>
            await Eventually.GetAsync(StatusAsync, seen => seen == status, status);

        public Task<string> StatusAsync() => FieldAsync("status");

        public Task<string> CommandAsync(string command) => Haproxy.CommandAsync(haproxy, command);

        /// <summary>Waits until HAProxy has this outcome of its agent checks, and has asked several times in all.</summary>
        public async Task AnsweredAsync(string outcome)
        {
            await Eventually.GetAsync(() => FieldAsync("agent_status"), seen => seen == outcome, outcome);
            // Real time: it asks every 100 ms.
            await Task.Delay(Second(0.5), TestContext.Current.CancellationToken);
            (await FieldAsync("agent_status")).ShouldBe(outcome);
        }

        public async Task ReloadAsync(string onFail)
        {
            Write(onFail);
            daemon.Reload();
            await daemon.Process.LineAsync(" reloaded ");
        }

        public async ValueTask DisposeAsync()
        {
            await haproxy.DisposeAsync();
            await daemon.DisposeAsync();
            files.Dispose();
            primary.Dispose();
            secondary.Dispose();
            Judged.Dispose();
        }

        private void Write(string onFail) =>
            files.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    agent: {address: 127.0.0.1:0, on_fail: {{onFail}}}
                    components:
                      primary: {tcp: 127.0.0.1:{{Judged.Port}}, interval: 50ms}
                    """
                )
            );

        private async Task<string> FieldAsync(string field)
        {
            string[] lines = (await CommandAsync("show stat")).Split('\n');
            int at = lines[0].TrimStart('#', ' ').Split(',').IndexOf(field);
            // An asterisk says that the next check is under way (management.txt, "show stat").
            return lines
                .Single(line => line.StartsWith("back,primary,", StringComparison.Ordinal))
                .Split(',')[at]
                .TrimStart('*', ' ');
        }
    }
}
