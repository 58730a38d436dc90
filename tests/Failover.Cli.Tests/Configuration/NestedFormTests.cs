namespace Failover;

/// <summary><c>failover check --expand</c>: the nested form loads to equal descriptions, and is its own nested form.</summary>
public sealed class NestedFormTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Files =>
        [.. ConfigurationFileTests.GoodFiles, Path.Combine(ConfigurationFileTests.Root, "examples", "failover.yaml")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_good_file_loads_to_the_same_from_its_nested_form(string file) =>
        LoadsToTheSame(File.ReadAllText(file));

    [Theory]
    [InlineData("components: {}")]
    [InlineData(
        """
            defaults: {timeout: 3s, initial_state: first, expires: 1h, stale_after: 5m}
            tasks:
              "odd: name": {tcp: a:1, interval: 10s}
              both: {toggle: {to_fail: {ref: web}, to_ok: {ref: "odd: name"}}}
            components:
              shop: {ref: web}
              "a b": {ref: both, fail_after: {count: 3, and: {duration: 30s, or: {count: 9}}}}
              "null": {ref: both, fail_after: {count: 3, and: {count: 5}}, on_error: fail, probe_histogram: true}
              web: {tcp: "[::1]:25", interval: 1.5s, ok_after: {duration: 1m, or: 5}, on_error: hold, on_error_for: 1d1ms}
              mail: {tcp: a:smtp, latch: "user's \"#1\": file", response_deadline: 2s, interval: 1m, on_error: hold}
            """
    )]
    [InlineData(
        """
            components:
              a: {all: [{ref: b}, {not: {tcp: a:1, timeout: 2s}}, {any: {x: {tcp: x:1}, yz: {ref: looped}}}], interval: 5s}
              b: {at_least: {percent: 50, tasks: [{tcp: b:1, depends: {ref: c}}, {tcp: b:2}]}, fail_after: 2}
              c: {not: {ref: looped}}
              looped: {tcp: l:1, interval: 3s}
              latched: {tcp: l:1, latch: users}
              both: {all: {mail: {ref: latched}, web: {tcp: w:1}}, on_post: mail.to_ok.fire}
            """
    )]
    public void A_file_loads_to_the_same_from_its_nested_form(string text) => LoadsToTheSame(text);

    [Fact]
    public void A_secret_is_where_the_file_has_it_and_what_looks_like_one_is_escaped()
    {
        string nested = NestedForm.Of(
            Read("components: {a: {tcp: \"${env:HOST}:25\", latch: \"/etc/$${HOME}/${env:SECRET}\"}}")
        );

        nested.ShouldContain("host: \"${env:HOST}\"");
        nested.ShouldContain("auth: \"/etc/$${HOME}/${env:SECRET}\"");
        LoadsToTheSame("components: {a: {tcp: \"${env:HOST}:25\", latch: \"/etc/$${HOME}/${env:SECRET}\"}}");
    }

    /// <summary>What is sent is the same: in another case, in another spelling or behind a dollar, it is no place of the secret.</summary>
    [Theory]
    [InlineData("body: HUNTER2HUNTER2", "body: HUNTER2HUNTER2")]
    [InlineData("body: a%20b c", "body: \"a%20b c\"")]
    [InlineData("body: \"${env:SPACED}\"", "body: \"${env:SPACED}\"")]
    [InlineData("body: \"$hunter2hunter2\"", "body: \"$hunter2hunter2\"")]
    [InlineData("body: \"$${hunter2hunter2}\"", "body: \"$${${env:SECRET}}\"")]
    [InlineData("body: \"${env:SECRET}${env:NAME}\"", "body: \"${env:SECRET}${env:NAME}\"")]
    public void Only_a_value_itself_is_printed_as_the_place_of_its_secret(string option, string printed)
    {
        folder.Environment["SPACED"] = "a b c";
        folder.Environment["NAME"] = "SECRET";
        string text =
            $"components: {{a: {{http: {{url: \"http://x/${{env:SECRET}}${{env:NAME}}\", {option}}}}}}}\n"
            + "tasks: {t: {exec: {command: [/a, \"${env:SPACED}\"]}}}\n";

        NestedForm.Of(Read(text)).ShouldContain($"{printed}\n");
        LoadsToTheSame(text);
    }

    [Fact]
    public void The_nested_form_is_written_without_what_is_at_its_default()
    {
        string nested = NestedForm.Of(
            Read("components: {mail: {tcp: mail:25, interval: 10s, fail_after: 3, latch: /etc/users}}")
        );

        nested.ShouldBe(
            """
            components:
              mail:
                toggle:
                  to_fail:
                    background:
                      task:
                        hysteresis:
                          task:
                            tcp:
                              host: mail
                              port: 25
                          fail_after: 3
                      interval: 10s
                  to_ok:
                    oneshot:
                      auth: /etc/users
                on_post: to_ok.fire

            """
        );
    }

    private void LoadsToTheSame(string text)
    {
        FailoverConfiguration before = Read(text);
        string nested = NestedForm.Of(before);
        FailoverConfiguration after = Read(nested);

        after.Components.ShouldBe(before.Components, nested);
        after.Components.Select(one => one.OnPostText).ShouldBe(before.Components.Select(one => one.OnPostText));
        after.TaskNames.Values.ShouldBe(before.TaskNames.Values);
        foreach ((HealthTask task, string name) in before.TaskNames)
        {
            after.TaskNames.Single(one => one.Value == name).Key.ShouldBe(task, nested);
        }

        NestedForm.Of(after).ShouldBe(nested);
        after
            .Components.Zip(before.Components)
            .ShouldAllBe(pair => pair.First.IsAlias == pair.Second.IsAlias, "what was one node is one");
    }

    private FailoverConfiguration Read(string text) => folder.Write(ConfigurationFolder.Main, text).ReadGood();
}
