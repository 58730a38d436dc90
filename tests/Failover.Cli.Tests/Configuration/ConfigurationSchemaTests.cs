using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Failover;

/// <summary>The schema lets good files through and marks the slips that an editor should mark.</summary>
public sealed class ConfigurationSchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(ConfigurationSchema.Text);

    private static readonly EvaluationOptions EveryError = new() { OutputFormat = OutputFormat.Hierarchical };

    public static TheoryData<string> Good =>
        [
            .. ConfigurationFileTests.GoodFiles.Select(File.ReadAllText),
            """
                listen: [8080, "https://*:8443", "unix:/run/failover.sock"]
                management: off
                access:
                  view: users
                  operate: {htpasswd: operators}
                  tokens: {ci: {secret: "${file:token}", role: view}, cd: {secret: 0123456789abcdef, role: "${env:ROLE}"}}
                  hosts: [failover.example.org]
                  user_header: Remote-User
                tls: {certificate: a.crt, key: a.key}
                trusted_proxies: [10.0.0.0/8, "::1", unix, "${env:PROXY}"]
                state: {file: memory, max_age: 1h, history_max_size: 64MiB}
                connections: {max: 4096, max_unix: "16", max_management: 8, first_byte_timeout: 5s}
                probes:
                  max: 500
                  max_per_host: "20"
                  targets: ["*.example.net:443", "10.0.0.0/8:*"]
                  modules: {http_2xx: {http: {status: 200-299}, timeout: 5s}, tcp_connect: {tcp: {}}, soa: {dns: {name: example.net}}}
                maintenance:
                  backup: {components: [c, "d*"], cron: "0 3 * * 0", duration: 1h, time_zone: Europe/Berlin, state: hold, reason: weekly}
                  move: {components: c, start: 2026-12-01T22:00, duration: "${env:LONG}"}
                defaults: {timeout: 10s, interval: 1m30s, auth: users}
                include: [conf.d/*.yaml, more.yaml]
                tasks:
                  a: {tcp: "${env:HOST}:25"}
                  b: {ref: a}
                components:
                  c: {ref: a, response_deadline: "${env:DEADLINE}"}
                  d: {hysteresis: {task: {ref: b}, ok_after: "${env:COUNT}", fail_after: {count: 5, or: {duration: 1m}}}}
                  e: {background: {task: {ref: b}}}
                """,
            "include: conf.d/*.yaml",
            """
                defaults: {initial_state: first, interval: 10s}
                tasks:
                  a: {tcp: a:1, interval: 10s, stale_after: 1m, initial_state: first, timeout: 2s, x-a: 1}
                  b: {ref: a, fail_after: {count: 3, and: 30s}, ok_after: 2, error_after: 1m, depends: {ref: c}}
                components:
                  c: {tcp: {host: a, port: 1}, timeout: "${env:TIMEOUT}", fail_after: 3, latch: users, initial_state: ok}
                  d: {tcp: a:1, latch: {htpasswd: users}, response_deadline: 2s, on_error: hold, on_error_for: 2m}
                  e: {all: [{ref: a, fail_after: 2}, {any: {x: {tcp: a:1, interval: 3s}, y: {ref: c}}}], interval: 5s, on_error: fail, probe_histogram: true}
                  f: {depends: {task: {tcp: a:1}, on: {tcp: b:1}}, interval: 5s}
                  g: {tcp: a:1, depends: {tcp: b:1, interval: 3s}, on_error: "${env:HOW}"}
                  h: {toggle: {to_fail: {tcp: a:1, fail_after: 3}, to_ok: {tcp: a:1}}, response_deadline: 2s, on_error: error}
                """,
            """
                x-team: mail
                x-slow: &slow {timeout: 20s}
                tls: {certificate: a.crt, key: a.key, x-a: 1}
                state: {file: memory, x-a: 1}
                defaults: {timeout: 10s, x-a: 1}
                tasks:
                  x-relay: {tcp: {<<: *slow, host: a, port: 1, x-a: 1}, x-a: 1}
                components:
                  x-mail: {ref: x-relay, x-a: [1]}
                  b: {hysteresis: {task: {ref: x-relay}, fail_after: {count: 3, and: 30s, x-a: 1}}}
                """,
        ];

    [Theory]
    [MemberData(nameof(Good))]
    public void A_good_file_is_let_through(string text) => Validate(text).ShouldBeEmpty();

    [Theory]
    [InlineData("listn: 8080", "/listn: additionalProperties")]
    [InlineData("listen: {port: 8080}", "/listen: type")]
    [InlineData("listen: []", "/listen: minItems")]
    [InlineData("tls: {certificate: a}", "/tls: required")]
    [InlineData("access: {views: a}", "/access/views: additionalProperties")]
    [InlineData("access: {hosts: []}", "/access/hosts: minItems")]
    [InlineData("access: {tokens: {a: {role: view}}}", "/access/tokens/a: required")]
    [InlineData("access: {tokens: {a: {secret: a, role: admin}}}", "/access/tokens/a/role: enum")]
    [InlineData("trusted_proxies: {a: b}", "/trusted_proxies: type")]
    [InlineData("state: {max_age: 5}", "/state/max_age: type")]
    [InlineData("components: [a]", "/components: type")]
    [InlineData("components: {a: {}}", "/components/a: required")]
    [InlineData("components: {a: {tpc: a:1}}", "/components/a/tpc: additionalProperties")]
    [InlineData("components: {a: {tcp: a:1, response_deadline: 2}}", "/components/a/response_deadline: type")]
    [InlineData("components: {a: {tcp: a:1, response_deadline: 2x}}", "/components/a/response_deadline: pattern")]
    [InlineData("components: {a: {tcp: {host: a}}}", "/components/a/tcp: required")]
    [InlineData("components: {a: {tcp: {host: a, port: 1, close: reset}}}", "/components/a/tcp/close: enum")]
    [InlineData("components: {a: {hysteresis: {}}}", "/components/a/hysteresis: required")]
    [InlineData(
        "components: {a: {hysteresis: {task: {tcp: a:1}, ok_after: 0}}}",
        "/components/a/hysteresis/ok_after: minimum"
    )]
    [InlineData("components: {a: {oneshot: {default_state: up}}}", "/components/a/oneshot/default_state: enum")]
    [InlineData("tasks: {a: {tcp: a:1, on_post: fire}}", "/tasks/a/on_post: additionalProperties")]
    [InlineData("components: {x-a: {x-b: a}}", "/components/x-a: required")]
    [InlineData(
        "components: {a: {hysteresis: {task: {tcp: a:1}, ok_after: {count: 1, duration: 1s}}}}",
        "/components/a/hysteresis/ok_after/duration: duration"
    )]
    [InlineData(
        "components: {a: {hysteresis: {task: {tcp: a:1}, ok_after: {count: 1, and: 1s, or: 1m}}}}",
        "/components/a/hysteresis/ok_after/or: or"
    )]
    [InlineData("defaults: {task: {}}", "/defaults/task: additionalProperties")]
    [InlineData("components: {a: {tcp: a:1, intervall: 3s}}", "/components/a/intervall: additionalProperties")]
    [InlineData("components: {a: {tcp: a:1, interval: 3}}", "/components/a/interval: type")]
    [InlineData("components: {a: {tcp: a:1, stale_after: 3s}}", "/components/a: required")]
    [InlineData("components: {a: {tcp: a:1, initial_state: ok}}", "/components/a: required")]
    [InlineData("components: {a: {tcp: a:1, fail_after: 3, initial_state: up}}", "/components/a/initial_state: enum")]
    [InlineData(
        "components: {a: {hysteresis: {task: {tcp: a:1}}, fail_after: 3}}",
        "/components/a/fail_after: fail_after"
    )]
    [InlineData(
        "components: {a: {background: {task: {tcp: a:1}, interval: 1s}, depends: {tcp: b:1}}}",
        "/components/a/depends: depends"
    )]
    [InlineData(
        "components: {a: {toggle: {to_fail: {tcp: a:1}, to_ok: {tcp: a:1}}, latch: users}}",
        "/components/a/latch: latch"
    )]
    [InlineData("components: {a: {ref: b, timeout: 3s}}", "/components/a: required")]
    [InlineData(
        "components: {a: {tcp: {host: a, port: 1, timeout: 1s}, timeout: 3s}}",
        "/components/a/tcp/timeout: timeout"
    )]
    [InlineData("components: {a: {tcp: a:1, latch: users, on_post: to_ok.fire}}", "/components/a/on_post: on_post")]
    [InlineData(
        "components: {a: {tcp: a:1, latch: users, fail_after: 3, initial_state: first}}",
        "/components/a/initial_state: enum"
    )]
    [InlineData("components: {a: {tcp: a:1, on_error: ok}}", "/components/a/on_error: enum")]
    [InlineData("components: {}\notlp: {protocol: http}", "/otlp/protocol: enum")]
    [InlineData("components: {}\notlp: {url: http://a:1}", "/otlp/url: additionalProperties")]
    [InlineData("components: {a: {tcp: a:1, on_error_for: 1m}}", "/components/a: required")]
    [InlineData("components: {a: {tcp: a:1, on_error: fail, on_error_for: 1m}}", "/components/a/on_error: enum")]
    [InlineData("tasks: {a: {tcp: a:1, latch: users}}", "/tasks/a/latch: additionalProperties")]
    [InlineData("components: {a: {tcp: a:1, depends: {tpc: b:1}}}", "/components/a/depends/tpc: additionalProperties")]
    [InlineData("components: {a: {depends: {tcp: a:1}}}", "/components/a/depends: required")]
    [InlineData(
        "components: {a: {toggle: {to_fail: {tcp: a:1, initial_state: ok}, to_ok: {tcp: a:1}}}}",
        "/components/a/toggle/to_fail: required"
    )]
    public void A_slip_is_marked(string text, string mark) => Validate(text).ShouldContain(mark);

    // An editor shows every one of these: one that says that nothing fits, far above the slip, would hide it.
    [Theory]
    [InlineData(
        "components: {a: {background: {interval: 1s, stale_aftr: 5s, task: {tcp: a:1}}}}",
        "/components/a/background/stale_aftr: additionalProperties"
    )]
    [InlineData(
        "components: {a: {background: {interval: 1s, task: {hysteresis: {task: {tcp: {host: a, port: 1, timout: 1s}}}}}}}",
        "/components/a/background/task/hysteresis/task/tcp/timout: additionalProperties"
    )]
    [InlineData(
        "components: {a: {background: {interval: 1, task: {tcp: a:1}}}}",
        "/components/a/background/interval: type"
    )]
    [InlineData(
        "components: {a: {toggle: {to_fail: {tcp: a:1}, to_ok: {oneshot: {auth: {htpaswd: users}}}}}}",
        "/components/a/toggle/to_ok/oneshot/auth: required",
        "/components/a/toggle/to_ok/oneshot/auth/htpaswd: additionalProperties"
    )]
    [InlineData("state: {fil: a.db}", "/state/fil: additionalProperties")]
    [InlineData("components: {a: {tcp: a:1, jiter: 1s}}", "/components/a/jiter: additionalProperties")]
    [InlineData("reload: sometimes", "/reload: enum", "/reload: pattern")]
    public void A_slip_is_marked_where_it_is_and_nowhere_above(string text, params string[] marks) =>
        Validate(text)
            .Where(mark => !mark.EndsWith(": properties", StringComparison.Ordinal))
            .ShouldBe(marks, ignoreOrder: true);

    // That several choices fit has no keyword among the errors.
    [Fact]
    public void A_component_of_two_kinds_is_marked() =>
        Validate("components: {a: {tcp: a:1, oneshot: }}").ShouldContain(mark => mark.StartsWith("/components/a: "));

    [Theory]
    [InlineData("250ms", true)]
    [InlineData("1d2h3m4s5ms", true)]
    [InlineData("1.5h", true)]
    [InlineData("5", false)]
    [InlineData("-1s", false)]
    [InlineData("1s1m", false)]
    [InlineData("", false)]
    public void A_duration_is_what_reading_takes_for_one(string text, bool isGood)
    {
        (Validate($"components: {{a: {{tcp: a:1, response_deadline: \"{text}\"}}}}").Count == 0).ShouldBe(isGood);
        DurationText.Parse(text).IsValue.ShouldBe(isGood);
    }

    // What a ref names, an editor does not know.
    private static readonly string[] OfNames =
    [
        "one name for a task and a component",
        "circles through components",
        "a ref to nothing, near a component",
        "a latch of another component",
    ];

    /// <summary>What the short form refuses when a file is read, an editor marks, and no good file is marked.</summary>
    [Fact]
    public void What_the_rules_of_the_short_form_refuse_is_marked()
    {
        string table = Path.Combine(
            ConfigurationFileTests.Root,
            "tests/Failover.Cli.Tests/Configuration/BadFiles/short-form.txt"
        );
        foreach (BadFile bad in BadFile.Parse(File.ReadAllText(table)))
        {
            (Validate(bad.Files[0].Text).Count > 0).ShouldBe(!OfNames.Contains(bad.Name), bad.Name);
        }
    }

    [Fact]
    public void Every_option_is_described()
    {
        JsonNode schema = JsonNode.Parse(ConfigurationSchema.Text)!;
        foreach (TaskKind kind in TaskKinds.All.Where(kind => kind.Make is not null))
        {
            JsonObject definition = (JsonObject)schema["$defs"]![kind.Name]!;
            ((string?)definition["description"]).ShouldNotBeNullOrEmpty();
            foreach (Option option in kind.Options)
            {
                JsonNode described = option == kind.WholeOption ? definition : definition["properties"]![option.Key]!;
                ((string?)described["description"])!.ShouldContain(option.Accepted);
            }
        }
    }

    [Fact]
    public void Every_default_in_words_is_the_one_that_holds()
    {
        using ConfigurationFolder folder = new();
        FailoverConfiguration left = folder.Write(ConfigurationFolder.Main, "components: {}").ReadGood();
        string said = string.Concat(FileKeys.OfState.Select(key => $"  {key.Name}: {key.Default}\n"));
        FailoverConfiguration given = folder
            .Write(
                ConfigurationFolder.Main,
                $"listen: {FileKeys.Top.Of("listen").Default}\nmanagement: {FileKeys.Top.Of("management").Default}\nstate:\n{said}components: {{}}"
            )
            .ReadGood();

        given.State.ShouldBe(left.State);
        given.Listen.ShouldBe(left.Listen);
        given.Management.ShouldBe(left.Management);
        FileKeys.Top.Of("state").Default.ShouldBe(left.State.File);
    }

    // Where the file breaks the schema, and which keyword of it.
    private static List<string> Validate(string text)
    {
        using ConfigurationFolder folder = new();
        ConfigurationErrors errors = new();
        YamlNode node = YamlReader.Read("failover.yaml", text, errors).ShouldNotBeNull();
        errors.Count.ShouldBe(0);
        JsonElement file = JsonSerializer.SerializeToElement(ToJson(node));
        EvaluationResults results = Schema.Evaluate(file, EveryError);
        return [.. Marks(results)];
    }

    // What is forbidden breaks the schema "false", which has no keywords: the one that it stands at is told.
    private static IEnumerable<string> Marks(EvaluationResults results) =>
        results.IsValid
            ? []
            :
            [
                .. (results.Errors ?? []).Keys.Select(keyword =>
                    $"{results.InstanceLocation}: {(keyword.Length > 0 ? keyword : results.EvaluationPath.ToString().Split('/')[^1])}"
                ),
                .. (results.Details ?? []).Where(one => !IsDecided(one, results.Details ?? [])).SelectMany(Marks),
            ];

    // Where one of several choices fits, the others are no errors.
    private static bool IsDecided(EvaluationResults choice, IReadOnlyList<EvaluationResults> all)
    {
        string path = Parent(choice);
        int fitting = all.Count(other => other.IsValid && Parent(other) == path);
        return path.EndsWith("/oneOf", StringComparison.Ordinal)
            ? fitting == 1
            : path.EndsWith("/anyOf", StringComparison.Ordinal) && fitting > 0;

        static string Parent(EvaluationResults one)
        {
            string path = one.EvaluationPath.ToString();
            return path[..Math.Max(0, path.LastIndexOf('/'))];
        }
    }

    /// <summary>A file as an editor sees it: texts without quotes may be numbers, booleans or nothing.</summary>
    private static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMap map => new JsonObject(
                map.Entries.Select(entry => KeyValuePair.Create(entry.Name, ToJson(entry.Value)))
            ),
            YamlList list => new JsonArray([.. list.Items.Select(ToJson)]),
            YamlText { IsEmpty: true } => null,
            YamlText { IsPlain: true } text
                when long.TryParse(text.Text, CultureInfo.InvariantCulture, out long number) => number,
            YamlText { IsPlain: true, Text: "true" or "false" } text => bool.Parse(text.Text),
            YamlText text => text.Text,
            _ => throw new InvalidOperationException(),
        };
}
