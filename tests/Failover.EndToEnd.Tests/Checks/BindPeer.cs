using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>bind's name server with one zone. It cannot be given port 0, so that it gets one that the system gives to nobody by
/// itself.</summary>
public sealed class BindPeer : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-peer-");
    private ChildProcess? process;

    /// <summary>Where it is asked.</summary>
    public string Address { get; } = $"127.0.0.1:{FreePort()}";

    public async ValueTask InitializeAsync()
    {
        string many = string.Join('\n', Enumerable.Range(1, 100).Select(i => $"many A 192.0.2.{i}"));
        await WriteAsync(
            "zone",
            $"""
            $TTL 60
            @ SOA ns.example.net. hostmaster.example.net. 7 3600 600 86400 60
            @ NS ns
            @ MX 10 mail
            @ MX 20 backup
            @ TXT "v=spf1" " -all"
            @ CAA 0 issue "letsencrypt.org"
            ns A 192.0.2.53
            www A 192.0.2.1
            www A 192.0.2.2
            www AAAA 2001:db8::1
            alias CNAME www
            _sip._tcp SRV 0 5 5060 sip
            mail A 192.0.2.25
            here A 127.0.0.1
            {many}

            """
        );
        await WriteAsync(
            "named.conf",
            $$"""
            options {
                directory "{{folder}}";
                pid-file none;
                session-keyfile "{{folder}}/session.key";
                listen-on port {{IPEndPoint.Parse(Address).Port}} { 127.0.0.1; };
                listen-on-v6 { none; };
                recursion no;
                dnssec-validation no;
                minimal-responses yes;
            };
            controls { };
            zone "example.net" { type primary; file "{{folder}}/zone"; };
            """
        );
        process = ChildProcess.Start(
            "named",
            "bind9",
            "-g",
            "-n",
            "1",
            "-c",
            Path.Combine(folder.FullName, "named.conf")
        );
        await Eventually.IsAsync(() => process.HasEnded || Listens(), "named listens");
        process.HasEnded.ShouldBeFalse(process.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    private Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text, TestContext.Current.CancellationToken);

    private static int FreePort()
    {
        while (true)
        {
            // Below those of net.ipv4.ip_local_port_range.
            IPEndPoint any = new(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
            using Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            using Socket streams = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                datagrams.Bind(any);
                streams.Bind(any);
                return any.Port;
            }
            catch (SocketException)
            {
                // In use.
            }
        }
    }

    // By TCP: it listens there after it does by UDP.
    private bool Listens()
    {
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            client.Connect(IPEndPoint.Parse(Address));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
