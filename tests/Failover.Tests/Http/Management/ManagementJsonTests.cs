using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Failover;

public sealed class ManagementJsonTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 13, 0, 0, TimeSpan.FromHours(1));

    [Fact]
    public void A_status_is_written_in_snake_case_in_the_order_of_the_records_with_nulls() =>
        IsWritten(
            new StatusDocument(
                "0.1.0",
                Noon,
                TimeSpan.FromMilliseconds(61_500.4),
                new("/etc/failover.yaml", Noon, Error: null, ["listen: needs a restart"]),
                new("sqlite", "/var/lib/failover/state.db", Problem: null),
                [
                    new(
                        "mail",
                        HealthState.Fail,
                        "refused",
                        Noon,
                        IsLatched: true,
                        CanReset: true,
                        "oneshot",
                        "users: bad"
                    ),
                    new("web", HealthState.Error, "", null, IsLatched: false, CanReset: false, "tcp(web:80)")
                    {
                        LastProbe = Noon,
                        NextProbe = Noon,
                        FreshState = HealthState.Ok,
                        HasWarning = true,
                        PerformanceData = "days=3",
                        Maintenance = new(
                            "backup",
                            "hold",
                            "weekly",
                            Noon,
                            Noon + TimeSpan.FromHours(1),
                            HasYielded: false,
                            new(HealthState.Fail, "refused")
                        ),
                    },
                ]
            ),
            ManagementJson.Default.StatusDocument,
            """
            {"version":"0.1.0",
            "started_at":"2026-03-01T12:00:00.000Z",
            "uptime_seconds":61.5,
            "configuration":{"file":"/etc/failover.yaml","loaded_at":"2026-03-01T12:00:00.000Z","error":null,"pending":["listen: needs a restart"]},
            "state_store":{"kind":"sqlite","file":"/var/lib/failover/state.db","problem":null},
            "components":[
            {"name":"mail","state":"fail","reason":"refused","since":"2026-03-01T12:00:00.000Z","is_latched":true,"can_reset":true,"task":"oneshot","post_problem":"users: bad","latch_problem":null,"last_probe":null,"next_probe":null,"fresh_state":null,"has_warning":false,"performance_data":"","error":null,"is_guarded":false,"override":null,"beneath":null,"maintenance":null},
            {"name":"web","state":"error","reason":"","since":null,"is_latched":false,"can_reset":false,"task":"tcp(web:80)","post_problem":null,"latch_problem":null,"last_probe":"2026-03-01T12:00:00.000Z","next_probe":"2026-03-01T12:00:00.000Z","fresh_state":"ok","has_warning":true,"performance_data":"days=3","error":null,"is_guarded":false,"override":null,"beneath":null,"maintenance":{"name":"backup","state":"hold","reason":"weekly","since":"2026-03-01T12:00:00.000Z","until":"2026-03-01T13:00:00.000Z","has_yielded":false,"beneath":{"state":"fail","reason":"refused"}}}],
            "guards":null,"history":null,"notifications":null}
            """
        );

    [Fact]
    public void A_component_is_written_with_its_tree()
    {
        Explanation below = new("task", "tcp", HealthState.Ok, "", true, "", "", IsRepeated: true, []);
        IsWritten(
            new ComponentDocument(
                "mail",
                HealthState.Ok,
                "",
                Noon,
                OnPost: null,
                TimeSpan.FromSeconds(2),
                "the text",
                new("", "hysteresis", HealthState.Ok, "", true, "no fail", "fail after 2", IsRepeated: false, [below])
            ),
            ManagementJson.Default.ComponentDocument,
            """
            {"name":"mail","state":"ok","reason":"","since":"2026-03-01T12:00:00.000Z",
            "on_post":null,"response_deadline_seconds":2,"description":"the text",
            "tree":{"name":"","summary":"hysteresis","state":"ok","reason":"","is_in_charge":true,"evidence":"no fail","outlook":"fail after 2","is_repeated":false,"children":[
            {"name":"task","summary":"tcp","state":"ok","reason":"","is_in_charge":true,"evidence":"","outlook":"","is_repeated":true,"children":[],"has_warning":false,"performance_data":"","forecasts":[]}],"has_warning":false,"performance_data":"","forecasts":[]},"latch":null,"has_warning":false,"performance_data":"","on_error":null,"error":null,"etag":"","override":null,"beneath":null,"maintenance":null}
            """
        );
    }

    [Fact]
    public void A_configuration_and_an_error_are_written()
    {
        IsWritten(
            new ConfigurationDocument(
                "f.yaml",
                [new("a", "the text", "to_ok.fire", null, IsLatched: false, HealthState.Ok, [new("port", "25")])],
                [new("listen", "8080")]
            ),
            ManagementJson.Default.ConfigurationDocument,
            """
            {"file":"f.yaml","components":[
            {"name":"a","description":"the text","on_post":"to_ok.fire","response_deadline_seconds":null,"is_latched":false,"state":"ok","settings":[{"key":"port","value":"25"}],"has_authorised_latch":false,"on_error":null,"has_probe_histogram":false}],
            "settings":[{"key":"listen","value":"8080"}]}
            """
        );
        IsWritten(
            new("about:blank", "Not Found", 404, "no such component", "/-/api/v1/components/x"),
            ManagementJson.Default.ProblemDocument,
            """{"type":"about:blank","title":"Not Found","status":404,"detail":"no such component","instance":"/-/api/v1/components/x"}"""
        );
    }

    [Fact]
    public void Fields_that_a_later_version_adds_are_ignored() =>
        JsonSerializer
            .Deserialize("""{"hint":{"a":[1]},"outcome":"x"}""", ManagementJson.Default.OutcomeDocument)
            .ShouldBe(new("x"));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"outcome":null}""")]
    [InlineData("""{"outcome":1}""")]
    [InlineData("""<html>""")]
    public void What_is_no_such_document_is_refused(string text) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(text, ManagementJson.Default.OutcomeDocument));

    [Theory]
    [InlineData("""{"file":"f"}""")]
    [InlineData("""{"file":"f","components":null}""")]
    public void A_list_that_is_none_is_refused(string text) =>
        Should.Throw<JsonException>(() =>
            JsonSerializer.Deserialize(text, ManagementJson.Default.ConfigurationDocument)
        );

    [Theory]
    [InlineData("\"OKAY\"", "0", "\"2026-03-01T12:00:00Z\"")]
    [InlineData("0", "0", "\"2026-03-01T12:00:00Z\"")]
    [InlineData("\"ok\"", "\"1s\"", "\"2026-03-01T12:00:00Z\"")]
    [InlineData("\"ok\"", "1e300", "\"2026-03-01T12:00:00Z\"")]
    [InlineData("\"ok\"", "0", "\"noon\"")]
    public void A_value_that_is_none_is_refused(string state, string seconds, string time)
    {
        Should.Throw<JsonException>(() => Read(state, seconds, time));
        Read("\"ok\"", "0.5", "\"2026-03-01T12:00:00Z\"").ResponseDeadline.ShouldBe(TimeSpan.FromSeconds(0.5));

        static ComponentDocument Read(string state, string seconds, string time) =>
            JsonSerializer.Deserialize(
                $$$"""
                {"name":"","state":{{{state}}},"reason":"","since":{{{time}}},"on_post":null,
                "response_deadline_seconds":{{{seconds}}},"description":"",
                "tree":{"name":"","summary":"","state":"ok","reason":"","is_in_charge":true,"evidence":"","outlook":"","is_repeated":false,"children":[]}}
                """,
                ManagementJson.Default.ComponentDocument
            )!;
    }

    [Fact]
    public void A_task_may_nest_hundreds_deep()
    {
        Explanation tree = new("", "leaf", HealthState.Ok, "", true, "", "", IsRepeated: false, []);
        for (int depth = 0; depth < 400; depth++)
        {
            tree = tree with { Children = [tree] };
        }

        JsonTypeInfo<ComponentDocument> type = ManagementJson.Default.ComponentDocument;
        string text = JsonSerializer.Serialize(new("a", HealthState.Ok, "", null, null, null, "", tree), type);

        JsonSerializer.Serialize(JsonSerializer.Deserialize(text, type)!, type).ShouldBe(text);
    }

    // The text is broken into lines for people.
    private static void IsWritten<T>(T document, JsonTypeInfo<T> type, string text)
    {
        string json = text.Replace("\n", "", StringComparison.Ordinal);

        JsonSerializer.Serialize(document, type).ShouldBe(json);
        JsonSerializer.Serialize(JsonSerializer.Deserialize(json, type)!, type).ShouldBe(json);
    }
}
