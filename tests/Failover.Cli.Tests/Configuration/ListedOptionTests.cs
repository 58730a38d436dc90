using System.Text.Json.Nodes;

namespace Failover;

/// <summary>Options that are lists and maps, as a file says them: what they come to, and where what is wrong stands.</summary>
public sealed class ListedOptionTests
{
    private static readonly string Kinds = TaskBinder.Accepted;

    [Fact]
    public void Lists_and_maps_are_read_in_their_order()
    {
        SampleAll all = Read(
            """
            tasks: [{tcp: a:1}, {tcp: b:2}]
            delays: [1s, "${env:DELAY}"]
            starts_at: {sunday: fail, monday: "${env:STATE}"}
            """
        );

        all.ShouldBe(
            new SampleAll(
                [new TcpCheck("a", 1), new TcpCheck("b", 2)],
                [Second(1), Minute(2)],
                [new("sunday", Fail), new("monday", Ok)]
            )
        );
    }

    [Fact]
    public void One_value_needs_no_list() =>
        Read("{tasks: [{tcp: a:1}], delays: 1s}").ShouldBe(new SampleAll([new TcpCheck("a", 1)], [Second(1)]));

    [Theory]
    [InlineData("delays: [1s, 5]", "delays[1] is \"5\", without a unit", "a duration from 1ms to 30d", 14)]
    [InlineData("delays: [1s, [2s]]", "delays[1] is a list", "a duration from 1ms to 30d", 14)]
    [InlineData("delays: 31d", "delays is \"31d\", which is too long", "a duration from 1ms to 30d", 9)]
    [InlineData("delays: []", "delays is an empty list", "a duration from 1ms to 30d; several in a list", 9)]
    [InlineData("delays:", "delays is empty", "a duration from 1ms to 30d; several in a list", 8)]
    [InlineData("delays: {a: 1s}", "delays is a mapping", "a duration from 1ms to 30d; several in a list", 9)]
    [InlineData("starts_at: {sunday: up}", "starts_at[\"sunday\"] is \"up\"", "ok or fail", 21)]
    [InlineData("starts_at: {sundy: ok}", "a key of starts_at is \"sundy\"", "monday or sunday", 13)]
    [InlineData(
        "starts_at: {}",
        "starts_at is an empty mapping",
        "a mapping, each key monday or sunday, each value ok or fail",
        12
    )]
    [InlineData(
        "starts_at: [ok]",
        "starts_at is a list",
        "a mapping, each key monday or sunday, each value ok or fail",
        12
    )]
    public void A_fault_is_reported_with_its_position(string line, string problem, string accepted, int column)
    {
        ConfigurationError error = ErrorsIn($"tasks: [{{tcp: a:1}}]\n{line}").ShouldHaveSingleItem();

        (error.Problem, error.Accepted).ShouldBe((problem, accepted));
        error.Position.ShouldBe(new("failover.yaml", 2, column));
    }

    [Theory]
    [InlineData("tasks: a", "tasks of \"mail\" is a text", 8)]
    [InlineData("tasks: {}", "tasks of \"mail\" is an empty mapping", 8)]
    [InlineData("tasks: []", "tasks of \"mail\" is an empty list", 8)]
    [InlineData("delays: 1s", "tasks is missing in sample_all \"mail\"", 1)]
    public void A_list_of_tasks_is_asked_for(string line, string problem, int column)
    {
        ConfigurationError error = ErrorsIn(line).ShouldHaveSingleItem();

        error.Problem.ShouldBe(problem);
        error.Accepted.ShouldBe($"a list of tasks, or a mapping of names to tasks, each a mapping with one of {Kinds}");
        error.Position.ShouldBe(new("failover.yaml", 1, column));
    }

    [Fact]
    public void Every_mistake_in_a_list_of_tasks_is_reported()
    {
        ConfigurationError[] errors = ErrorsIn("tasks: [{tcp: a:1}, {tcp: a:x}, {tpc: a:1}, a]");

        errors
            .Select(error => (error.Position.Column, error.Problem.Split(", ")[0]))
            .ShouldBe([
                (27, "port is \"x\""),
                (34, "unknown task \"tpc\" in tasks[2] of \"mail\""),
                (45, "tasks[3] of \"mail\" is a text"),
            ]);
    }

    [Fact]
    public void A_secret_in_a_list_is_not_reported() =>
        ErrorsIn("{tasks: [{tcp: a:1}], delays: [\"${env:STATE}\"]}")
            .ShouldHaveSingleItem()
            .Problem.ShouldBe("delays[0] is the value of ${env:STATE}");

    [Fact]
    public void The_schema_says_lists_and_maps()
    {
        JsonObject properties = (JsonObject)ConfigurationSchema.OfKind(new(SampleAll.Kind))["properties"]!;

        Shape("tasks")
            .ShouldStartWith(
                """{"if":{"type":"array"},"then":{"type":"array","items":{"$ref":"#/$defs/task"},"minItems":1},"else":{"type":"object","additionalProperties":{"$ref":"#/$defs/task"},"propertyNames":{"not":{"enum":["""
            );
        Shape("delays")
            .ShouldBe(
                """{"if":{"type":"array"},"then":{"type":"array","items":{"$ref":"#/$defs/duration"},"minItems":1},"else":{"$ref":"#/$defs/duration"}}"""
            );
        Shape("starts_at")
            .ShouldBe("""{"type":"object","additionalProperties":{"$ref":"#/$defs/state"},"minProperties":1}""");

        string Shape(string key)
        {
            JsonObject shape = (JsonObject)properties[key]!.DeepClone();
            ((string?)shape["description"])!.ShouldContain(
                SampleAll.Kind.Options.Single(one => one.Key == key).Accepted
            );
            shape.Remove("description");
            return shape.ToJsonString();
        }
    }

    private static SampleAll Read(string text)
    {
        (HealthTask? task, ConfigurationError[] errors) = Bind(text);
        errors.ShouldBeEmpty();
        return task.ShouldBeOfType<SampleAll>();
    }

    private static ConfigurationError[] ErrorsIn(string text)
    {
        (HealthTask? task, ConfigurationError[] errors) = Bind(text);
        task.ShouldBeNull();
        return errors;
    }

    private static (HealthTask? Task, ConfigurationError[] Errors) Bind(string text)
    {
        ConfigurationErrors errors = new();
        YamlNode node = YamlReader.Read("failover.yaml", text, errors).ShouldNotBeNull();
        Substitution texts = new(
            name =>
                name switch
                {
                    "DELAY" => "2m",
                    "STATE" => "ok",
                    _ => null,
                },
            new FileReader(),
            errors
        );
        TaskBinder tasks = new(new(isComplete: true, errors), new(texts, errors), Defaults.None, errors);
        YamlEntry entry = new(new(new("failover.yaml", 1, 1), SampleAll.Kind.Name, isPlain: true), node);
        HealthTask? task = tasks.Bind(new KindKeys(SampleAll.Kind), entry, "mail").Task;
        return (task, [.. errors.InOrder([])]);
    }
}
