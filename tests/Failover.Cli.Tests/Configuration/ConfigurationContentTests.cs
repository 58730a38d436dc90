namespace Failover;

/// <summary>What good files say.</summary>
public sealed class ConfigurationContentTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Left_out_is_default()
    {
        FailoverConfiguration read = Read("components: {}");

        read.Listen.ShouldBe([new(Host: null, Port: 8080)]);
        read.Management.ShouldBe(new("127.0.0.1", 8081));
        read.Tls.ShouldBeNull();
        read.TrustedProxies.Texts.ShouldBeEmpty();
        read.State.ShouldBe(new("/var/lib/failover/state.db", Hour(1), Day(90), 64 << 20));
        read.Components.ShouldBeEmpty();
        read.File.ShouldBe(folder[ConfigurationFolder.Main]);
        read.Sources.ShouldBe([folder[ConfigurationFolder.Main]]);
    }

    [Fact]
    public void The_five_examples_say_what_the_five_scripts_say()
    {
        FailoverConfiguration read = Read(
            File.ReadAllText(Path.Combine(ConfigurationFileTests.Root, "examples", "failover.yaml"))
        );

        TcpCheck tcp = new(host: "192.0.2.1", port: 25, timeout: Second(10));
        read.Listen.ShouldBe([new(Host: null, Port: 8080)]);
        read.Components.Select(component => (component.Name, component.Task))
            .ShouldBe([
                ("example-1", tcp),
                ("example-2", new Hysteresis(tcp, Fail, okAfter: Count(5), failAfter: Count(20))),
                ("example-3", new Hysteresis(tcp, Fail, okAfter: Minute(1), failAfter: Minute(2))),
                ("example-4", new Background(new Hysteresis(tcp, Fail, Count(2), Count(2)), interval: Minute(3))),
                (
                    "mail-u5",
                    new Toggle(
                        toFail: new Hysteresis(tcp, Ok, okAfter: Count(1), failAfter: Count(10)),
                        toOk: new Oneshot(auth: new HtpasswdFile("/var/lib/healthcheck_users")),
                        initialState: Ok
                    )
                ),
            ]);
        read.Components[^1].OnPost!.Target.ShouldBeSameAs(read.Components[^1].Task.Children[1]);
    }

    [Fact]
    public void A_password_in_the_file_itself_is_shown_as_little_as_one_from_elsewhere()
    {
        FailoverConfiguration read = Read(
            """
            components:
              web: {http: {url: http://web.example.net/, authorization: "Basic monitor:pass-word"}}
            """
        );

        read.Secrets.Redact(read.Components[0].Task.FullText).ShouldContain(", authorization: \"***\", ");
    }

    [Fact]
    public void A_path_begins_at_the_folder_of_the_file()
    {
        FailoverConfiguration read = Read("components: {web: {tls: {host: web, port: 443, ca: pki/ca.pem}}}");

        ((TlsCheck)read.Components[0].Task).Ca.ShouldBe(folder["pki/ca.pem"]);
    }

    [Fact]
    public void Mappings_are_merged_and_what_begins_with_x_is_for_people_where_keys_are_fixed()
    {
        FailoverConfiguration read = Read(
            """
            x-fast: &fast {timeout: 1s, x-why: the lan}
            x-loop: &loop {interval: 5s, stale_after: 1m}
            tasks:
              x-relay: {tcp: {<<: *fast, host: a, port: 25, timeout: 2s}, x-team: mail}
            components:
              x-mail: {background: {<<: [*loop, {interval: 9s}], task: {ref: x-relay}}, x-pager: [1, 2]}
              "<<": {tcp: {host: a, port: 25, <<: *fast}}
            """
        );

        read.Components.Select(component => (component.Name, component.Task))
            .ShouldBe([
                (
                    "x-mail",
                    new Background(
                        new TcpCheck("a", 25, timeout: Second(2)),
                        interval: Second(5),
                        staleAfter: Minute(1)
                    )
                ),
                ("<<", new TcpCheck("a", 25, timeout: Second(1))),
            ]);
    }

    [Fact]
    public void What_begins_with_x_is_a_name_among_headers_in_the_environment_and_among_named_tasks()
    {
        FailoverConfiguration read = Read(
            """
            components:
              web: {http: {url: http://a/, headers: {x-token: t}, header_matches: {x-id: "1"}, x-team: web}}
              job: {exec: {command: job, environment: {x-mode: fast}, x-team: web}}
              both: {any: {x-one: {ref: web}, x-two: {ref: job}}}
            """
        );

        HealthTask both = new Any(
            ("x-one", new HttpCheck("http://a/", headers: [new("x-token", "t")], headerMatches: [new("x-id", "1")])),
            ("x-two", new ExecCheck(["job"], environment: [new("x-mode", "fast")]))
        );
        read.Components[2].Task.ShouldBe(both);
    }

    [Fact]
    public void Addresses_may_be_several_and_speak_HTTPS_where_there_is_a_certificate()
    {
        FailoverConfiguration read = Read(
            """
            listen: [8080, "http://127.0.0.1:9000", "https://[::1]:8443", "unix:/run/failover.sock"]
            management: unix:/run/management.sock
            tls: {certificate: /etc/failover/tls.crt, key: tls.key}
            components: {}
            """
        );

        read.Listen.Select(address => $"{address}")
            .ShouldBe(["https://*:8080", "http://127.0.0.1:9000", "https://[::1]:8443", "unix:/run/failover.sock"]);
        read.Management.ShouldBe(new(Host: null, Port: 0, "/run/management.sock"));
        read.Tls.ShouldBe(new("/etc/failover/tls.crt", folder["tls.key"]));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("unix", "unix")]
    [InlineData("[10.0.0.0/8, \"2001:db8::/32\", unix]", "10.0.0.0/8", "2001:db8::/32", "unix")]
    [InlineData("[]")]
    public void Trusted_proxies_are_one_or_several_or_none(string value, params string[] proxies) =>
        Read($"trusted_proxies: {value}\ncomponents: {{}}").TrustedProxies.Texts.ShouldBe(proxies);

    [Fact]
    public void Where_a_password_file_is_named_first_is_known()
    {
        FailoverConfiguration read = Read(
            """
            tasks:
              a: {oneshot: {auth: users}}
              b: {oneshot: {auth: {htpasswd: users}}}
              c: {oneshot: {auth: {htpasswd: others}}}
            components: {}
            """
        );

        read.PasswordFiles.Count.ShouldBe(2);
        read.PasswordFiles[folder["users"]].At.ShouldBe(new(folder[ConfigurationFolder.Main], 2, 23));
        read.PasswordFiles[folder["others"]].At.ShouldBe(new(folder[ConfigurationFolder.Main], 4, 34));
    }

    [Theory]
    [InlineData("state: memory", null)]
    [InlineData("state: {file: memory}", null)]
    [InlineData("state: /srv/state.db", "/srv/state.db")]
    [InlineData("state: {max_age: 2h}", "/var/lib/failover/state.db")]
    public void State_is_in_memory_or_in_a_file(string line, string? file) =>
        Read($"{line}\ncomponents: {{}}").State.File.ShouldBe(file);

    [Fact]
    public void A_relative_path_begins_where_its_file_is()
    {
        folder.Write(
            "conf.d/a.yaml",
            "components: {a: {toggle: {to_fail: {tcp: a:1}, to_ok: {oneshot: {auth: users}}}, on_post: to_ok.fire}}"
        );
        FailoverConfiguration read = Read("state: state.db\ninclude: conf.d/a.yaml");

        read.State.File.ShouldBe(folder["state.db"]);
        read.Components.Single().OnPost!.Auth.ShouldBe(new HtpasswdFile(folder["conf.d/users"]));
    }

    [Fact]
    public void What_is_kept_and_for_how_long_can_be_said() =>
        Read("state: {file: memory, max_age: 2h, history_max_age: 365d, history_max_size: 1GiB}\ncomponents: {}")
            .State.ShouldBe(new(File: null, Hour(2), Day(365), 1 << 30));

    [Fact]
    public void How_many_connections_may_be_open_can_be_said()
    {
        Read("connections: {max: 4096, max_unix: 16, max_management: 8, first_byte_timeout: 2s}\ncomponents: {}")
            .Connections.ShouldBe(new(4096, 16, 8, Second(2)));
        Read("components: {}").Connections.ShouldBe(new());
    }

    [Fact]
    public void How_many_probes_run_at_a_time_can_be_said()
    {
        Read("probes: {max: 500, max_per_host: 20}\ncomponents: {}").Probes.ShouldBe(new(500, 20));
        Read("components: {}").Probes.ShouldBe(new());
    }

    [Fact]
    public void Management_can_be_off() => Read("management: off\ncomponents: {}").Management.ShouldBeNull();

    [Fact]
    public void Numbers_and_booleans_are_texts_where_a_text_is_expected() =>
        Read("components: {a: {tcp: {host: true, port: 25}}, 1: {tcp: a:1}, no: {tcp: a:1}}")
            .Components.Select(component => component.Name)
            .ShouldBe(["a", "1", "no"]);

    [Fact]
    public void A_named_task_is_one_node_wherever_it_is_used()
    {
        FailoverConfiguration read = Read(
            """
            tasks:
              mail-server: {tcp: mail.example.net:25}
              same: {ref: mail-server}
              unused: {tcp: mail.example.net:25}
            components:
              mail: {ref: mail-server}
              slow: {hysteresis: {task: {ref: same}, fail_after: 3}}
            """
        );

        HealthTask mail = read.Components[0].Task;
        read.Components[1].Task.Children.Single().ShouldBeSameAs(mail);
        read.TaskNames[mail].ShouldBe("mail-server");
        read.TaskNames.Values.ShouldBe(["mail-server", "unused"]);
    }

    [Fact]
    public void What_stands_under_an_alias_is_a_node_of_its_own()
    {
        FailoverConfiguration read = Read("components:\n  a: &a {tcp: mail:25}\n  b: *a\n");

        read.Components[0].Task.ShouldBe(read.Components[1].Task);
        read.Components[0].Task.ShouldNotBeSameAs(read.Components[1].Task);
    }

    [Fact]
    public void A_default_stands_in_for_what_is_left_out_in_short_forms_too()
    {
        FailoverConfiguration read = Read(
            """
            defaults: {timeout: 3s, interval: 1m, close: fin}
            components:
              a: {background: {task: {tcp: mail:25}}}
              b: {background: {task: {tcp: {host: mail, port: 25, timeout: 5s}}, interval: 1s}}
            """
        );

        read.Components[0]
            .Task.ShouldBe(new Background(new TcpCheck("mail", 25, Second(3), close: TcpClose.Fin), Minute(1)));
        read.Components[1]
            .Task.ShouldBe(new Background(new TcpCheck("mail", 25, Second(5), close: TcpClose.Fin), Second(1)));
    }

    [Fact]
    public void A_default_is_left_out_where_it_would_mean_nothing()
    {
        FailoverConfiguration read = Read(
            """
            defaults: {resolver: 192.0.2.53}
            components:
              a: {tcp: mail:25}
              b: {dns: a.example}
              c: {dns: {name: a.example, server: 192.0.2.1}}
              d: {dns: {name: a.example, server: ns.example}}
            """
        );

        read.Components.Select(component => component.Task)
            .ShouldBe([
                new TcpCheck("mail", 25, resolver: "192.0.2.53"),
                new DnsCheck("a.example"),
                new DnsCheck("a.example", server: "192.0.2.1"),
                new DnsCheck("a.example", server: "ns.example", resolver: "192.0.2.53"),
            ]);
    }

    [Fact]
    public void Thresholds_are_joined()
    {
        string[] texts =
        [
            "5",
            "2m",
            "{count: 5, and: 1m}",
            "{duration: 1m, or: 5}",
            "{count: 5, and: {duration: 1m, or: 9}}",
        ];
        Read(
            "components:\n"
                + string.Concat(
                    texts.Select((text, i) => $"  c{i}: {{hysteresis: {{task: {{tcp: a:1}}, ok_after: {text}}}}}\n")
                )
        )
            .Components.Select(component => ((Hysteresis)component.Task).OkAfter)
            .ShouldBe([
                Count(5),
                Minute(2),
                Count(5) & Minute(1),
                Minute(1) | Count(5),
                Count(5) & (Minute(1) | Count(9)),
            ]);
    }

    [Fact]
    public void A_POST_action_is_the_oneshot_within_the_task()
    {
        FailoverConfiguration read = Read(
            """
            tasks:
              reset: {oneshot: {auth: {htpasswd: /etc/users}}}
            components:
              mail:
                toggle: {to_fail: {tcp: a:1}, to_ok: {hysteresis: {task: {ref: reset}}}}
                on_post: to_ok.task.fire
                response_deadline: 2s
            """
        );

        ComponentDescription mail = read.Components.Single();
        mail.OnPost!.Target.ShouldBeSameAs(mail.Task.Children[1].Children[0]);
        mail.ResponseDeadline.ShouldBe(Second(2));
        read.Positions["mail"].Line.ShouldBe(4);
    }

    [Fact]
    public void Secrets_are_put_in_and_remembered()
    {
        folder.Write("secrets/host", "mail.example.net\n");
        FailoverConfiguration read = Read(
            """
            components:
              a: {tcp: "${file:secrets/host}:${env:NUMBER}"}
              b: {toggle: {to_fail: {tcp: a:1}, to_ok: {oneshot: {auth: "/etc/$${x}/${env:SECRET}"}}}, on_post: to_ok.fire}
            """
        );

        read.Components[0].Task.ShouldBe(new TcpCheck("mail.example.net", 54321));
        read.Components[1].OnPost!.Auth.ShouldBe(new HtpasswdFile("/etc/${x}/hunter2hunter2"));
        read.Secrets.Redact("tcp mail.example.net:54321, hunter2hunter2")
            .ShouldBe("tcp ${file:secrets/host}:${env:NUMBER}, ${env:SECRET}");
        read.Sources.ShouldBe([folder[ConfigurationFolder.Main], folder["secrets/host"]]);
    }

    [Fact]
    public void Included_files_are_taken_in_the_order_of_their_names_and_hidden_ones_are_not()
    {
        folder.Write("conf.d/b.yaml", "components: {b: {ref: t}}\ninclude: deeper/*.yaml");
        folder.Write("conf.d/a.yaml", "components: {a: {ref: t}}");
        folder.Write("conf.d/.c.yaml", "components: {c: {ref: t}}");
        folder.Write("conf.d/d.txt", "components: {d: {ref: t}}");
        folder.Write("conf.d/deeper/e.yaml", "components: {e: {ref: t}}\ntasks: {t: {tcp: a:1}}");
        Directory.CreateDirectory(folder["none"]);
        FailoverConfiguration read = Read("include: [conf.d/*.yaml, none/*.yaml]\ncomponents: {main: {ref: t}}");

        read.Components.Select(component => component.Name).ShouldBe(["main", "a", "b", "e"]);
        ConfigurationReading reading = folder.Read();
        reading.Sources.ShouldBe(
            new[] { ConfigurationFolder.Main, "conf.d/a.yaml", "conf.d/b.yaml", "conf.d/deeper/e.yaml" }.Select(file =>
                folder[file]
            )
        );
        reading
            .Contents.Places.Where(place => place.Largest is null)
            .Select(place => place.Path)
            .ShouldBe([folder["conf.d"], folder["conf.d/deeper"], folder["none"]], ignoreOrder: true);
    }

    [Fact]
    public void What_was_looked_for_is_known_also_when_it_was_not_found()
    {
        folder.Write(ConfigurationFolder.Main, "include: a.yaml\ncomponents: {a: {tcp: \"${file:secret}:25\"}}");

        ConfigurationReading reading = folder.Read();

        reading.Configuration.ShouldBeNull();
        reading.Sources.ShouldBe([folder[ConfigurationFolder.Main], folder["a.yaml"], folder["secret"]]);
    }

    [Fact]
    public void A_file_that_does_not_exist_is_reported_without_a_line() =>
        folder.ReadErrors().ShouldBe("failover.yaml: the file cannot be read: it does not exist\n");

    private FailoverConfiguration Read(string text) => folder.Write(ConfigurationFolder.Main, text).ReadGood();
}
