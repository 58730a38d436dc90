using System.Globalization;

namespace Failover;

/// <summary>DnsCheck against bind, in a process and by the command.</summary>
public sealed class DnsPeerTests(BindPeer bind) : IClassFixture<BindPeer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("www.example.net", DnsRecordType.A, "192.0.2.1 192.0.2.2")]
    [InlineData("alias.example.net.", DnsRecordType.A, "192.0.2.1 192.0.2.2")]
    [InlineData("www.example.net", DnsRecordType.Aaaa, "2001:DB8:0::1")]
    [InlineData("alias.example.net", DnsRecordType.Cname, "www.example.net.")]
    [InlineData("example.net", DnsRecordType.Ns, "ns.example.net")]
    [InlineData("example.net", DnsRecordType.Mx, "10 mail.example.net,20 backup.example.net")]
    [InlineData("example.net", DnsRecordType.Txt, "v=spf1 -all")]
    [InlineData("example.net", DnsRecordType.Caa, "0 issue \"letsencrypt.org\"")]
    [InlineData("_sip._tcp.example.net", DnsRecordType.Srv, "0 5 5060 sip.example.net")]
    [InlineData("EXAMPLE.net", DnsRecordType.Soa, "ns.example.net hostmaster.example.net 7 3600 600 86400 60")]
    public async Task Records_of_each_type_are_read(string name, DnsRecordType type, string expect)
    {
        string[] expected = expect.Split(type == DnsRecordType.A ? ' ' : ',');

        Observation seen = await SeenAsync(new DnsCheck(name, type, bind.Address, expected, DnsMatch.Exactly));

        seen.State.ShouldBe(Ok, seen.Reason);
    }

    [Fact]
    public async Task What_does_not_fit_into_a_datagram_comes_by_TCP()
    {
        Observation seen = await SeenAsync(new DnsCheck("many.example.net", server: bind.Address, count: 100));

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.PerformanceData.ShouldContain("connect=");
    }

    [Fact]
    public async Task The_servers_word_is_the_cause()
    {
        Observation missing = await SeenAsync(new DnsCheck("none.example.net", server: bind.Address));
        Observation expected = await SeenAsync(
            new DnsCheck("none.example.net", server: bind.Address, rcode: DnsResponseCode.NxDomain)
        );
        Observation foreign = await SeenAsync(new DnsCheck("www.example.org", server: bind.Address));
        Observation empty = await SeenAsync(new DnsCheck("mail.example.net", DnsRecordType.Aaaa, bind.Address));

        (missing.State, missing.Reason).ShouldBe((Fail, $"NXDOMAIN: A none.example.net at {bind.Address}"));
        expected.State.ShouldBe(Ok, expected.Reason);
        (foreign.State, foreign.Reason).ShouldBe((Fail, $"REFUSED: A www.example.org at {bind.Address}"));
        (empty.State, empty.Reason).ShouldBe((Fail, $"no record: AAAA mail.example.net at {bind.Address}"));
    }

    [Fact]
    public async Task A_check_connects_to_the_addresses_that_it_says()
    {
        int port = int.Parse(bind.Address.Split(':')[1], CultureInfo.InvariantCulture);

        // bind itself listens there by TCP.
        Observation seen = await ProbeAsync("here.example.net");
        Observation missing = await ProbeAsync("none.example.net");
        Observation foreign = await ProbeAsync("here.example.org");

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.Reason.ShouldStartWith($"connected to {bind.Address} in ");
        missing.ShouldBe(Observation.Fail("no such host: none.example.net"));
        foreign.ShouldBe(Observation.Error($"resolver {bind.Address} answered REFUSED: here.example.org"));

        async Task<Observation> ProbeAsync(string host) =>
            await new TcpCheck(host, port, resolver: bind.Address).ProbeAsync(TimeProvider.System, Cancel);
    }

    [Fact]
    public async Task The_command_probes_it()
    {
        using DaemonFolder folder = new();
        string file = folder.Write(
            $"components: {{web: {{dns: {{name: www.example.net, server: '{bind.Address}', expect: 192.0.2.1}}}}}}"
        );

        await using ChildProcess probe = ChildProcess.StartDotnet(DaemonFiles.Program, "probe", file, "web");

        (await probe.ExitCodeAsync(Minute(1))).ShouldBe(0, probe.ToString());
        await probe.LineAsync("OK - dns A www.example.net at ");
    }

    private static async Task<Observation> SeenAsync(DnsCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);

    private sealed class DaemonFolder : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-peer-");

        public string Write(string text)
        {
            string file = Path.Combine(folder.FullName, "failover.yaml");
            File.WriteAllText(file, text);
            return file;
        }

        public void Dispose() => folder.Delete(recursive: true);
    }
}
