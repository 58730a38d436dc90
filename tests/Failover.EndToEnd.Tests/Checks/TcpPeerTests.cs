namespace Failover;

/// <summary>The presets of TcpCheck, an exchange and STARTTLS against the servers that they are for.</summary>
public sealed class TcpPeerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Redis_answers_by_its_preset_by_an_exchange_and_over_TLS()
    {
        await using ServerPeer redis = await ServerPeer.StartAsync(
            "redis-server",
            """
            exec redis-server --port $2 --bind 127.0.0.1 --dir $1 --save '' --requirepass secret \
              --tls-port $3 --tls-cert-file good.pem --tls-key-file good.key --tls-ca-cert-file ca.pem --tls-auth-clients no
            """
        );

        Observation preset = await ProbeAsync(new("127.0.0.1", redis.Port, preset: TcpPreset.Redis));
        Observation exchange = await ProbeAsync(
            new(
                "127.0.0.1",
                redis.OtherPort,
                exchange: ["send AUTH secret\r\n", "expect +OK", "send PING\r\n", @"match \r\n\+PONG\r\n"],
                tls: true,
                ca: redis.Ca,
                serverName: "web.example"
            )
        );
        Observation wrong = await ProbeAsync(
            new("127.0.0.1", redis.Port, Second(0.5), exchange: ["send AUTH wrong\r\n", "expect +OK"])
        );

        preset.State.ShouldBe(Ok, preset.Reason);
        preset.Reason.ShouldStartWith("answer \"-NOAUTH Authentication required.\" in ");
        exchange.State.ShouldBe(Ok, exchange.Reason);
        exchange.Reason.ShouldStartWith("exchange of 4 steps over TLS in ");
        wrong.Reason.ShouldStartWith("timed out after 500ms while waiting for \"+OK\", received \"-WRONGPASS ");
    }

    [Fact]
    public async Task OpenSSH_says_its_banner_which_is_none_of_SMTP()
    {
        await using ServerPeer ssh = await ServerPeer.StartAsync(
            "openssh-server",
            """
            ssh-keygen -q -t ed25519 -N '' -f host
            exec /usr/sbin/sshd -D -e -p $2 -o ListenAddress=127.0.0.1 -o HostKey=$1/host -o PidFile=none -f /dev/null
            """
        );

        Observation right = await ProbeAsync(new("127.0.0.1", ssh.Port, preset: TcpPreset.Ssh));
        Observation wrong = await ProbeAsync(new("127.0.0.1", ssh.Port, preset: TcpPreset.Smtp));

        right.State.ShouldBe(Ok, right.Reason);
        right.Reason.ShouldStartWith("banner \"SSH-2.0-OpenSSH_");
        wrong.Reason.ShouldMatch("^banner is \"SSH-2.0-OpenSSH_.*\", expected to begin with 220$");
    }

    [Fact]
    public async Task PostgreSQL_accepts_connections_in_plain_text_and_over_TLS()
    {
        await using ServerPeer postgres = await ServerPeer.StartAsync(
            "postgresql",
            """
            bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
            "$bin/initdb" --no-sync -D data -A scram-sha-256 --pwfile=<(echo secret) >log
            chmod 600 good.key
            exec "$bin/postgres" -D data -h 127.0.0.1 -p $2 -k $1 -F -c ssl=on -c ssl_cert_file=$1/good.pem -c ssl_key_file=$1/good.key
            """
        );
        await postgres.LineAsync("ready to accept connections");

        Observation plain = await ProbeAsync(new("127.0.0.1", postgres.Port, preset: TcpPreset.Postgres));
        Observation encrypted = await ProbeAsync(
            new(
                "127.0.0.1",
                postgres.Port,
                preset: TcpPreset.Postgres,
                starttls: true,
                ca: postgres.Ca,
                serverName: "web.example"
            )
        );

        plain.State.ShouldBe(Ok, plain.Reason);
        plain.Reason.ShouldStartWith("accepts connections in ");
        encrypted.State.ShouldBe(Ok, encrypted.Reason);
        encrypted.Reason.ShouldStartWith("accepts connections over TLS in ");
    }

    private static async Task<Observation> ProbeAsync(TcpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
