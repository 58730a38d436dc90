namespace Failover;

/// <summary>The presets against the larger servers: run by <c>./build.sh soak --peers</c>, which installs them.</summary>
public sealed class MorePeerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task MariaDB_greets_in_plain_text_and_goes_on_over_TLS()
    {
        await using ServerPeer mariadb = await ServerPeer.StartAsync(
            "mariadb-server",
            """
            mariadb-install-db --no-defaults --datadir=$1/data --auth-root-authentication-method=normal --skip-test-db >log 2>&1
            exec mariadbd --no-defaults --datadir=$1/data --bind-address=127.0.0.1 --port=$2 --socket=$1/sock --pid-file=$1/pid \
              --ssl-cert=$1/good.pem --ssl-key=$1/good.key
            """
        );

        await BothAsync(mariadb.Port, TcpPreset.Mysql, mariadb.Ca, "^version \".*MariaDB.*\"");
    }

    [Fact(Explicit = true)]
    public async Task OpenLDAP_answers_a_bind_in_plain_text_and_over_TLS()
    {
        await using ServerPeer slapd = await ServerPeer.StartAsync(
            "slapd",
            """
            mkdir data
            cat >slapd.conf <<END
            include /etc/ldap/schema/core.schema
            modulepath /usr/lib/ldap
            moduleload back_mdb
            TLSCertificateFile $1/good.pem
            TLSCertificateKeyFile $1/good.key
            TLSCACertificateFile $1/ca.pem
            database mdb
            suffix "dc=example"
            directory $1/data
            END
            exec slapd -d 0 -f slapd.conf -h ldap://127.0.0.1:$2/
            """
        );

        await BothAsync(slapd.Port, TcpPreset.Ldap, slapd.Ca, "^bind answered with 0");
    }

    [Fact(Explicit = true)]
    public async Task Vsftpd_says_its_banner_and_goes_on_over_TLS()
    {
        await using ServerPeer vsftpd = await ServerPeer.StartAsync(
            "vsftpd",
            """
            cat >conf <<END
            listen=YES
            listen_address=127.0.0.1
            listen_port=$2
            run_as_launching_user=YES
            background=NO
            isolate=NO
            isolate_network=NO
            seccomp_sandbox=NO
            anonymous_enable=YES
            ssl_enable=YES
            rsa_cert_file=$1/good.pem
            rsa_private_key_file=$1/good.key
            vsftpd_log_file=$1/log
            secure_chroot_dir=$1
            END
            exec vsftpd $1/conf
            """
        );

        await BothAsync(vsftpd.Port, TcpPreset.Ftp, vsftpd.Ca, "^banner \"220 \\(vsFTPd .*\"");
    }

    [Fact(Explicit = true)]
    public async Task Dovecot_greets_by_IMAP_and_POP3_and_goes_on_over_TLS()
    {
        await using ServerPeer dovecot = await ServerPeer.StartAsync(
            "dovecot-imapd",
            """
            me=$(id -un)
            cat >conf <<END
            base_dir = $1/run
            state_dir = $1/state
            log_path = /dev/stderr
            protocols = imap pop3
            listen = 127.0.0.1
            default_login_user = $me
            default_internal_user = $me
            default_internal_group = nogroup
            ssl = yes
            ssl_cert = <$1/good.pem
            ssl_key = <$1/good.key
            service imap-login {
              chroot =
              inet_listener imap {
                port = $2
              }
              inet_listener imaps {
                port = 0
              }
            }
            service pop3-login {
              chroot =
              inet_listener pop3 {
                port = $3
              }
              inet_listener pop3s {
                port = 0
              }
            }
            service anvil {
              chroot =
            }
            service stats {
              chroot =
            }
            passdb {
              driver = static
              args = password=secret
            }
            userdb {
              driver = static
              args = uid=$me gid=nogroup home=$1/home
            }
            END
            exec dovecot -F -c $1/conf
            """
        );

        await BothAsync(dovecot.Port, TcpPreset.Imap, dovecot.Ca, "^banner \"\\* OK .*\"");
        await BothAsync(dovecot.OtherPort, TcpPreset.Pop3, dovecot.Ca, "^banner \"\\+OK .*\"");
    }

    [Fact(Explicit = true)]
    public async Task Postfix_says_its_banner_and_goes_on_over_TLS()
    {
        await using ServerPeer postfix = await ServerPeer.StartAsync(
            "postfix",
            """
            chmod 755 .
            mkdir conf queue data
            chown postfix data
            cat >conf/main.cf <<END
            compatibility_level = 3.6
            queue_directory = $1/queue
            data_directory = $1/data
            inet_interfaces = 127.0.0.1
            myhostname = web.example
            maillog_file = /dev/stdout
            smtpd_tls_cert_file = $1/good.pem
            smtpd_tls_key_file = $1/good.key
            smtpd_tls_security_level = may
            smtpd_peername_lookup = no
            END
            cat >conf/master.cf <<END
            127.0.0.1:$2 inet n - n - - smtpd
            tlsmgr unix - - n 1000? 1 tlsmgr
            anvil unix - - n - 1 anvil
            rewrite unix - - n - - trivial-rewrite
            proxymap unix - - n - - proxymap
            postlog unix-dgram n - n - 1 postlogd
            END
            exec postfix -c $1/conf start-fg
            """,
            needsRoot: true
        );

        await BothAsync(postfix.Port, TcpPreset.Smtp, postfix.Ca, "^banner \"220 web\\.example ESMTP Postfix\"");
    }

    [Fact(Explicit = true)]
    public async Task RabbitMQ_begins_a_connection()
    {
        await using ServerPeer rabbitmq = await ServerPeer.StartAsync(
            "rabbitmq-server",
            """
            export HOME=$1 ERL_EPMD_PORT=$3 RABBITMQ_NODENAME=failover@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$2
            export RABBITMQ_DIST_PORT=$(($2 > 40000 ? $2 - 20000 : $2 + 20000)) RABBITMQ_MNESIA_BASE=$1/mnesia RABBITMQ_LOG_BASE=$1/logs RABBITMQ_LOGS=-
            export RABBITMQ_ENABLED_PLUGINS_FILE=$1/plugins RABBITMQ_CONFIG_FILE=$1/none RABBITMQ_PID_FILE=$1/pid
            export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
            epmd -port $3 -address 127.0.0.1 &
            names=$!
            /usr/lib/rabbitmq/bin/rabbitmq-server &
            server=$!
            trap 'kill $server $names' TERM
            wait $server || wait $server || true
            kill $names
            """
        );

        Observation seen = await ProbeAsync(new("127.0.0.1", rabbitmq.Port, preset: TcpPreset.Amqp));

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.Reason.ShouldStartWith("AMQP 0-9-1 in ");
    }

    private static async Task BothAsync(int port, TcpPreset preset, string ca, string said)
    {
        Observation plain = await ProbeAsync(new("127.0.0.1", port, preset: preset));
        Observation encrypted = await ProbeAsync(
            new("127.0.0.1", port, preset: preset, starttls: true, ca: ca, serverName: "web.example")
        );

        plain.State.ShouldBe(Ok, plain.Reason);
        plain.Reason.ShouldMatch($"{said} in ");
        encrypted.State.ShouldBe(Ok, encrypted.Reason);
        encrypted.Reason.ShouldMatch($"{said} over TLS in ");
    }

    private static async Task<Observation> ProbeAsync(TcpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
