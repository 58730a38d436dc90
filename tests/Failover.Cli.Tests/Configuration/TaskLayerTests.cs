namespace Failover;

/// <summary>Keys beside a task say the same as layers around it: equal descriptions, at equal places.</summary>
public sealed class TaskLayerTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("{tcp: a:1}", "{tcp: {host: a, port: 1}}")]
    [InlineData("{tcp: a:1, timeout: 2s}", "{tcp: {host: a, port: 1, timeout: 2s}}")]
    [InlineData(
        "{tcp: {host: a, port: 1, close: fin}, timeout: 2s}",
        "{tcp: {host: a, port: 1, close: fin, timeout: 2s}}"
    )]
    [InlineData("{interval: 10s, tcp: a:1}", "{background: {task: {tcp: a:1}, interval: 10s}}")]
    [InlineData(
        "{tcp: a:1, interval: 10s, stale_after: 1m, initial_state: ok}",
        "{background: {task: {tcp: a:1}, interval: 10s, stale_after: 1m, initial_state: ok}}"
    )]
    [InlineData("{tcp: a:1, fail_after: 3}", "{hysteresis: {task: {tcp: a:1}, fail_after: 3}}")]
    [InlineData("{tcp: a:1, ok_after: 1m}", "{hysteresis: {task: {tcp: a:1}, ok_after: 1m}}")]
    [InlineData("{tcp: a:1, error_after: 5}", "{hysteresis: {task: {tcp: a:1}, error_after: 5}}")]
    [InlineData(
        "{tcp: a:1, interval: 10s, fail_after: {count: 3, and: 30s}, ok_after: 2, initial_state: first}",
        "{background: {task: {hysteresis: {task: {tcp: a:1}, fail_after: {count: 3, and: 30s}, ok_after: 2, initial_state: first}}, interval: 10s}}"
    )]
    [InlineData(
        "{tcp: a:1, latch: users}",
        "{toggle: {to_fail: {tcp: a:1}, to_ok: {oneshot: {auth: users}}}, on_post: to_ok.fire}"
    )]
    [InlineData(
        "{tcp: a:1, interval: 10s, fail_after: 10, initial_state: ok, latch: {htpasswd: users}, response_deadline: 2s}",
        "{toggle: {to_fail: {background: {task: {hysteresis: {task: {tcp: a:1}, fail_after: 10}}, interval: 10s}}, to_ok: {oneshot: {auth: users}}}, on_post: to_ok.fire, response_deadline: 2s}"
    )]
    [InlineData(
        "{toggle: {to_fail: {tcp: a:1, fail_after: 3}, to_ok: {tcp: a:2, interval: 10s, timeout: 1s}}}",
        "{toggle: {to_fail: {hysteresis: {task: {tcp: a:1}, fail_after: 3}}, to_ok: {background: {task: {tcp: {host: a, port: 2, timeout: 1s}}, interval: 10s}}}}"
    )]
    [InlineData(
        "{ref: relay, fail_after: 3, interval: 10s}",
        "{background: {task: {hysteresis: {task: {ref: relay}, fail_after: 3}}, interval: 10s}}"
    )]
    [InlineData(
        "{tcp: a:1, depends: {ref: relay}, interval: 10s, fail_after: 3, latch: users}",
        "{toggle: {to_fail: {background: {task: {hysteresis: {task: {depends: {task: {tcp: a:1}, on: {ref: relay}}}, fail_after: 3}}, interval: 10s}}, to_ok: {oneshot: {auth: users}}}, on_post: to_ok.fire}"
    )]
    [InlineData(
        "{depends: {task: {tcp: a:1}, on: {ref: relay}}, interval: 10s}",
        "{background: {task: {depends: {task: {tcp: a:1}, on: {ref: relay}}}, interval: 10s}}"
    )]
    [InlineData(
        "{all: [{ref: other}, {any: [{tcp: db1:5432, timeout: 2s}, {tcp: db2:5432, fail_after: 2}]}], interval: 5s}",
        "{background: {task: {all: [{ref: other}, {any: [{tcp: {host: db1, port: 5432, timeout: 2s}}, {hysteresis: {task: {tcp: db2:5432}, fail_after: 2}}]}]}, interval: 5s}}"
    )]
    [InlineData(
        "{at_least: {count: 2, tasks: {x: {tcp: x:1, depends: {tcp: gw:1, interval: 3s}}, y: {ref: other}}}, error_after: 3}",
        "{hysteresis: {task: {at_least: {count: 2, tasks: {x: {depends: {task: {tcp: x:1}, on: {background: {task: {tcp: gw:1}, interval: 3s}}}}, y: {ref: other}}}}, error_after: 3}}"
    )]
    [InlineData("{ref: other, fail_after: 3}", "{hysteresis: {task: {ref: other}, fail_after: 3}}")]
    public void A_short_form_is_the_nested_one(string shortForm, string nested) => AreEqual("", shortForm, nested);

    [Theory]
    [InlineData("interval: 10s, fail_after: 3, ok_after: 2", "{tcp: a:1}", "{tcp: {host: a, port: 1}}")]
    [InlineData(
        "ok_after: 2, initial_state: first, timeout: 3s",
        "{tcp: a:1, fail_after: 3}",
        "{hysteresis: {task: {tcp: a:1}, fail_after: 3}}"
    )]
    [InlineData(
        "stale_after: 1m, initial_state: first",
        "{tcp: a:1, interval: 10s}",
        "{background: {task: {tcp: a:1}, interval: 10s}}"
    )]
    [InlineData(
        "expires: 1h, fail_after: 3",
        "{tcp: a:1, ok_after: 2, latch: users}",
        "{toggle: {to_fail: {hysteresis: {task: {tcp: a:1}, ok_after: 2}}, to_ok: {oneshot: {auth: users}}}, on_post: to_ok.fire}"
    )]
    public void Defaults_fill_layers_and_make_none(string defaults, string shortForm, string nested) =>
        AreEqual($"defaults: {{{defaults}}}\n", shortForm, nested);

    [Fact]
    public void A_latch_begins_in_ok_and_is_released_by_a_fire_whatever_the_defaults_say()
    {
        ComponentDescription mail = Read(
            "defaults: {initial_state: fail, default_state: ok}\ncomponents: {mail: {tcp: a:1, latch: users}}"
        )
            .Components.Single();

        Toggle toggle = mail.Task.ShouldBeOfType<Toggle>();
        toggle.InitialState.ShouldBe(Ok);
        toggle.ToOk.ShouldBe(new Oneshot(auth: new HtpasswdFile(folder["users"])));
        mail.OnPost!.Target.ShouldBeSameAs(toggle.ToOk);
    }

    [Fact]
    public void A_default_that_a_toggle_cannot_have_leaves_toggles_alone()
    {
        FailoverConfiguration read = Read(
            """
            defaults: {initial_state: first}
            components:
              a: {tcp: a:1, fail_after: 3}
              b: {tcp: a:1, interval: 3s}
              c: {toggle: {to_fail: {tcp: a:1}, to_ok: {tcp: b:1}}}
            """
        );

        ((Hysteresis)read.Components[0].Task).InitialState.ShouldBe(First);
        ((Background)read.Components[1].Task).InitialState.ShouldBe(First);
        ((Toggle)read.Components[2].Task).InitialState.ShouldBe(Ok);
    }

    [Fact]
    public void A_ref_to_a_component_is_its_whole_task_wherever_it_stands_in_the_file()
    {
        FailoverConfiguration read = Read(
            """
            tasks:
              both: {toggle: {to_fail: {ref: web}, to_ok: {ref: web}}}
            components:
              shop: {ref: web}
              late: {ref: web, fail_after: 3}
              both-of: {ref: both}
              web: {tcp: a:1, interval: 10s}
              alias: {ref: shop}
            """
        );

        HealthTask web = read.Components.Single(component => component.Name == "web").Task;
        web.ShouldBeOfType<Background>();
        read.Components.Where(one => one.Name is "shop" or "alias").ShouldAllBe(one => ReferenceEquals(one.Task, web));
        ((Hysteresis)read.Components[1].Task).Task.ShouldBeSameAs(web);
        ((Toggle)read.Components[2].Task).ToOk.ShouldBeSameAs(web);
        Places(read)
            .Keys.Where(key => key.StartsWith("/web#", StringComparison.Ordinal))
            .ShouldBe(["/web#", "/web#task"], ignoreOrder: true);
        Places(read).Keys.ShouldNotContain(key => key.StartsWith("/shop#", StringComparison.Ordinal));
    }

    [Fact]
    public void A_ref_from_elsewhere_moves_nothing_of_a_component()
    {
        const string web = "  web: {tcp: a:1, interval: 10s, fail_after: 3}\n";
        Dictionary<string, string> alone = Places(Read($"components:\n{web}"));
        Dictionary<string, string> shared = Places(Read($"components:\n  a: {{ref: web, ok_after: 2}}\n{web}"));

        alone.ShouldBeSubsetOf(shared);
    }

    [Theory]
    [InlineData("on_error: fail", OnError.Fail, 0)]
    [InlineData("on_error: hold", OnError.Hold, 300)]
    [InlineData("on_error: hold, on_error_for: 90s", OnError.Hold, 90)]
    public void How_an_error_is_served_is_said_at_the_component(string said, OnError how, int seconds) =>
        Read($"components: {{a: {{tcp: a:1, {said}}}}}")
            .Components.Single()
            .OnError.ShouldBe(new ErrorHandling(how, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void An_error_is_served_as_an_error_where_nothing_else_is_said()
    {
        ComponentDescription said = Read("components: {a: {tcp: a:1, on_error: error}}").Components.Single();

        said.ShouldBe(Read("components: {a: {tcp: a:1}}").Components.Single());
        said.OnError.ShouldBeNull();
    }

    private void AreEqual(string top, string shortForm, string nested)
    {
        string text(string form) =>
            $"{top}tasks: {{relay: {{tcp: b:1}}}}\ncomponents: {{other: {{tcp: b:2}}, mail: {form}}}";
        FailoverConfiguration one = Read(text(shortForm));
        FailoverConfiguration other = Read(text(nested));

        one.Components.ShouldBe(other.Components);
        one.Components[1].Task.FullText.ShouldBe(other.Components[1].Task.FullText);
        one.Components[1].OnPostText.ShouldBe(other.Components[1].OnPostText);
        Places(one).ShouldBe(Places(other));
    }

    private FailoverConfiguration Read(string text) => folder.Write(ConfigurationFolder.Main, text).ReadGood();

    // Where the state of each node is kept, and by which description it is known.
    private static Dictionary<string, string> Places(FailoverConfiguration read) =>
        GraphPlan
            .Between(new Graph(Graph.NoNames), read.Components, read.TaskNames)
            .To.Vertices.ToDictionary(vertex => vertex.Key, vertex => vertex.Fingerprint, StringComparer.Ordinal);
}
