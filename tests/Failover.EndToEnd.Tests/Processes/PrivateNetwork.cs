using System.Globalization;

namespace Failover;

/// <summary>A network that only those see that are started in it (network_namespaces(7)), and that is gone with them.</summary>
internal sealed class PrivateNetwork : IAsyncDisposable
{
    private readonly ChildProcess holder;

    private PrivateNetwork(ChildProcess holder) => this.holder = holder;

    /// <summary>A program and its arguments that run another one, also one for the system, in the network.</summary>
    public string[] Under =>
        [
            "nsenter",
            string.Create(CultureInfo.InvariantCulture, $"--net=/proc/{holder.Id}/ns/net"),
            "env",
            $"PATH={Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin",
        ];

    /// <summary>Makes one that has loopback; skips the test where that is not allowed.</summary>
    public static async Task<PrivateNetwork> StartAsync()
    {
        ChildProcess made = ChildProcess.Start(
            "unshare",
            "util-linux",
            "--net",
            "sh",
            "-c",
            "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && echo made && exec sleep infinity"
        );
        await Eventually.IsAsync(
            () => made.HasEnded || made.Output.Contains("made", StringComparison.Ordinal),
            "a network"
        );
        if (made.HasEnded)
        {
            // With its end, all is there that it has written.
            await made.ExitCodeAsync(Second(10));
            Assert.Skip($"needs root: unshare --net failed: {made.Errors}");
        }

        return new(made);
    }

    /// <summary>Connects two by a cable between their interfaces <c>eth0</c>; skips the test where the kernel has no such cable.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="address">This one's, with its prefix length.</param>
    /// <param name="otherAddress">The other one's.</param>
    public async Task ConnectAsync(PrivateNetwork other, string address, string otherAddress)
    {
        ChildProcess cable = await IpAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"link add eth0 type veth peer name eth0 netns {other.holder.Id}"
            )
        );
        Assert.SkipUnless(cable.Errors.Length == 0, $"needs veth interfaces: {cable.Errors}");
        await SetUpAsync(address);
        await other.SetUpAsync(otherAddress);
    }

    /// <summary>Whether one of its interfaces has an IPv4 address.</summary>
    public bool Has(string address)
    {
        // proc_pid_net(5): the routing tables as a tree, where an address of one's own is a leaf with such a route.
        string[] lines = [.. Read("fib_trie").Split('\n').Select(line => line.Trim())];
        return lines.Zip(lines.Skip(1)).Contains(($"|-- {address}", "/32 host LOCAL"));
    }

    /// <summary>A file of /proc/net: empty where there is none.</summary>
    public string Read(string name)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{holder.Id}/net/{name}");
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    public ValueTask DisposeAsync() => holder.DisposeAsync();

    private async Task SetUpAsync(string address)
    {
        foreach (string words in new[] { $"address add {address} dev eth0", "link set eth0 up" })
        {
            (await IpAsync(words)).Errors.ShouldBeEmpty();
        }
    }

    private async Task<ChildProcess> IpAsync(string words)
    {
        await using ChildProcess ip = ChildProcess.Start(
            Under[0],
            "util-linux",
            [.. Under[1..], "ip", .. words.Split(' ')]
        );
        await ip.ExitCodeAsync(Second(10));
        return ip;
    }
}
