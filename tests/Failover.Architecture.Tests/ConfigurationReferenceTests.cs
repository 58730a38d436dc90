namespace Failover;

public sealed class ConfigurationReferenceTests
{
    [Fact]
    [Trait(GoldenFile.Trait, "yes")]
    public void The_reference_shows_the_file_as_it_is() =>
        GoldenFile.Check("docs/reference/configuration.md", ConfigurationReference.Page);

    [Fact]
    public void Lists_maps_and_lists_of_tasks_are_shown_as_other_options_are()
    {
        string section = ConfigurationReference.Section(new(SampleAll.Kind));

        section.ShouldContain(
            "| `tasks` | what is asked | a list of tasks, or a mapping of names to tasks | (required) |"
        );
        section.ShouldContain(
            "| `delays` | how long is waited before each | a duration from 1ms to 30d; several in a list | no delay |"
        );
        section.ShouldContain(
            "| `starts_at` | where each day begins | a mapping, each key monday or sunday, each value ok or fail | ok on all days |"
        );
    }

    [Fact]
    [Trait(GoldenFile.Trait, "yes")]
    public void The_schema_is_the_one_of_the_file() =>
        GoldenFile.Check("docs/reference/failover.schema.json", ConfigurationSchema.Text);
}
