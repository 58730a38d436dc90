namespace Failover;

/// <summary>keepalived decides by what daemons answer, all configured as the guide has it: run by <c>./build.sh soak --peers</c>.</summary>
public sealed class KeepalivedTests
{
    // What the guide says of the time that a move takes, and as much again for a machine that has other things to do.
    private static readonly TimeSpan LongestMove = Second(2 * 5);
    private static readonly TimeSpan LongestReturn = Second(2 * 6);
    private static readonly TimeSpan LongestMoveFromHanging = Second(2 * 11);

    // A file is touched every 10 s, is too old after 30 s, and that is looked at every 5 s.
    private static readonly TimeSpan LongestMoveFromOldFile = Second(2 * 35);

    // The vrrp_instance, the virtual_server, and a vrrp_instance that follows a file.
    private static readonly List<GuideBlock> Guide = GuideBlock.Of("keepalived", "behind-keepalived.md");

    [Fact(Explicit = true)]
    public async Task The_address_moves_stays_away_while_the_component_is_latched_and_returns_after_the_reset()
    {
        await using KeepalivedPair pair = new();
        await pair.StartAsync(Guide[0].Text);

        await pair.First.StopServiceAsync();
        await pair.First.Daemon.PollUntilAsync("mail", "FAIL");
        await pair.IsOnAsync("second", LongestMove);

        pair.First.StartService();
        await pair.First.LatchIsLeftAsync();
        await pair.StaysOnAsync("second");

        (await pair.First.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
        await pair.IsOnAsync("first", LongestReturn);
    }

    [Fact(Explicit = true)]
    public async Task The_address_leaves_a_daemon_that_is_gone_or_hangs_but_not_one_that_misses_one_poll()
    {
        await using KeepalivedPair pair = new();
        await pair.StartAsync(Guide[0].Text);

        ChildProcess keepalived = pair.First.Keepalived;
        int before = keepalived.Output.Length;
        pair.First.Daemon.Process.Pause();
        // curl(1): a timeout.
        await keepalived.LineAsync("Script `mail` now returning 28");
        pair.First.Daemon.Process.Resume();
        await Eventually.IsAsync(
            () => keepalived.OutputFrom(before).Contains("Script `mail` now returning 0", StringComparison.Ordinal),
            $"an answer to {keepalived}"
        );
        keepalived.OutputFrom(before).ShouldNotContain("FAULT");

        await pair.First.Daemon.Process.KillAsync();
        await pair.IsOnAsync("second", LongestMove);
        await pair.First.StartDaemonAsync();
        await pair.IsOnAsync("first", LongestReturn);

        pair.First.Daemon.Process.Pause();
        await pair.IsOnAsync("second", LongestMoveFromHanging);
        pair.First.Daemon.Process.Resume();
        await pair.IsOnAsync("first", LongestReturn);
    }

    [Fact(Explicit = true)]
    public async Task By_a_track_file_the_address_moves_returns_after_the_reset_and_leaves_a_daemon_that_hangs()
    {
        await using KeepalivedPair pair = new();
        await pair.StartAsync(Guide[2].Text);

        await pair.First.StopServiceAsync();
        await pair.First.Daemon.PollUntilAsync("mail", "FAIL");
        await pair.IsOnAsync("second", LongestMove);

        pair.First.StartService();
        await pair.First.LatchIsLeftAsync();
        (await pair.First.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
        await pair.IsOnAsync("first", LongestReturn);

        pair.First.Daemon.Process.Pause();
        await pair.IsOnAsync("second", LongestMoveFromOldFile);
        pair.First.Daemon.Process.Resume();
        await pair.IsOnAsync("first", LongestMoveFromOldFile);
    }

    [Fact(Explicit = true)]
    public async Task With_nopreempt_the_address_stays_after_the_reset_until_the_component_fails_there_too()
    {
        const string State = "    state BACKUP\n";
        Guide[0].Text.ShouldContain(State);
        await using KeepalivedPair pair = new();
        await pair.StartAsync(Guide[0].Text.Replace(State, $"{State}    nopreempt\n", StringComparison.Ordinal));
        await pair.First.StopServiceAsync();
        await pair.First.Daemon.PollUntilAsync("mail", "FAIL");
        await pair.IsOnAsync("second", LongestMove);

        pair.First.StartService();
        await pair.First.LatchIsLeftAsync();
        (await pair.First.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
        await pair.StaysOnAsync("second");

        await pair.Second.StopServiceAsync();
        await pair.Second.Daemon.PollUntilAsync("mail", "FAIL");
        await pair.IsOnAsync("first", LongestMove);

        await pair.First.StopServiceAsync();
        await pair.First.Daemon.PollUntilAsync("mail", "FAIL");
        await pair.IsOnAsync("none", LongestMove);
    }

    [Fact(Explicit = true)]
    public async Task A_real_server_is_replaced_by_the_sorry_server_until_the_reset()
    {
        // As /proc/net/ip_vs has them: 192.0.2.1 and 192.0.2.2, port 25.
        const string Real = "C0000201:0019";
        const string Sorry = "C0000202:0019";
        await using KeepalivedNode node = new();
        await node.MakeNetworkAsync();
        await node.StartAsync(Guide[1].Text);
        await Eventually.IsAsync(() => node.Keepalived.HasEnded || Is(Real), $"a server of {node.Keepalived}");
        if (node.Servers.Length == 0)
        {
            await node.Keepalived.ExitCodeAsync(Second(10));
            node.Keepalived.Output.ShouldContain("IPVS: Can't initialize ipvs");
            Assert.Skip("needs a kernel with IPVS (ip_vs, ip_vs_rr): keepalived ends without");
        }

        await node.StopServiceAsync();
        await Eventually.IsAsync(() => Is(Sorry), $"the sorry server of {node.Keepalived}");

        node.StartService();
        await node.LatchIsLeftAsync();
        for (int i = 0; i < 60; i++)
        {
            Is(Sorry).ShouldBeTrue(node.Keepalived.ToString());
            // Real time: for keepalived to ask three times.
            await Task.Delay(Second(0.1), TestContext.Current.CancellationToken);
        }

        (await node.Daemon.PostAsync("mail")).ShouldBe("200 Armed");
        await Eventually.IsAsync(() => Is(Real), $"the real server of {node.Keepalived}");

        bool Is(string server)
        {
            string servers = node.Servers;
            return servers.Contains(server, StringComparison.Ordinal)
                && !servers.Contains(server == Real ? Sorry : Real, StringComparison.Ordinal);
        }
    }
}
