namespace Failover;

public sealed class ProbeModulesTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Left_out_nothing_may_be_asked_for()
    {
        FailoverConfiguration read = Read("components: {}");

        read.Modules.Modules.ShouldBeEmpty();
        read.Modules.Targets.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void A_module_is_its_check_at_any_target()
    {
        FailoverConfiguration read = Read(
            """
            defaults: {timeout: 3s, proxy: "http://proxy.example.net:3128"}
            probes:
              max: 7
              targets: ["*.example.net:443", "10.0.0.0/8:*"]
              modules:
                http_2xx: {http: {status: 200-299, follow_redirects: true}, timeout: 5s}
                smtp: {tcp: {preset: smtp}}
                tls: {tls: }
                soa: {dns: {name: example.net, type: SOA}}
                short: {dns: example.net}
                grpc: {grpc: {service: shop}}
                icmp: {ping: {count: 1}}
            components: {}
            """
        );

        read.Probes.Max.ShouldBe(7);
        read.Modules.Targets.Entries.Select(entry => entry.Text).ShouldBe(["*.example.net:443", "10.0.0.0/8:*"]);
        At("http_2xx", "web.example.net/x")
            .ShouldBe(
                new HttpCheck(
                    "http://web.example.net/x",
                    status: [new(200, 299)],
                    followRedirects: true,
                    timeout: Second(5)
                )
            );
        At("http_2xx", "https://web.example.net/").ShouldBeOfType<HttpCheck>().Url.ShouldBe("https://web.example.net/");
        At("smtp", "192.0.2.1:25").ShouldBe(new TcpCheck("192.0.2.1", 25, Second(3), preset: TcpPreset.Smtp));
        At("tls", "[2001:db8::1]:443").ShouldBe(new TlsCheck("2001:db8::1", 443, timeout: Second(3)));
        At("soa", "192.0.2.53:5353")
            .ShouldBe(new DnsCheck("example.net", DnsRecordType.Soa, "192.0.2.53:5353", timeout: Second(3)));
        At("short", "192.0.2.53").ShouldBe(new DnsCheck("example.net", server: "192.0.2.53", timeout: Second(3)));
        At("grpc", "web.example.net:443").ShouldBe(new GrpcCheck("web.example.net", 443, "shop", timeout: Second(3)));
        At("icmp", "192.0.2.1").ShouldBe(new PingCheck("192.0.2.1", count: 1, timeout: Second(3)));

        ProbeCheck At(string module, string target) => read.Modules.Find(module)!.WithTarget(target, atMost: null);
    }

    [Fact]
    public void A_module_may_hold_a_secret()
    {
        folder.Write("token", "hunter2hunter2");

        FailoverConfiguration read = Read(
            """
            probes: {modules: {private: {http: {authorization: "Bearer ${file:token}"} } }, targets: "web.example.net:80"}
            components: {}
            """
        );

        read.Modules.Find("private")!
            .WithTarget("http://web.example.net/", atMost: null)
            .ShouldBeOfType<HttpCheck>()
            .Authorization.ShouldBe("Bearer hunter2hunter2");
    }

    private FailoverConfiguration Read(string text) => folder.Write(ConfigurationFolder.Main, text).ReadGood();
}
