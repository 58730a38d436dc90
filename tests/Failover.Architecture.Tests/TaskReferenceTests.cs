namespace Failover;

public sealed class TaskReferenceTests
{
    [Fact]
    [Trait(GoldenFile.Trait, "yes")]
    public void The_reference_shows_the_tasks_as_they_are() =>
        GoldenFile.Check("docs/reference/tasks.md", TaskReference.Page(TaskKinds.All));

    [Fact]
    public void A_section_shows_meaning_name_options_and_defaults()
    {
        string page = TaskReference.Page([Oneshot.Kind]);
        page.ShouldContain("### Oneshot\n\nGives its default state until it is fired, then the opposite exactly once.");
        page.ShouldContain("Its short name is `oneshot`.");
        page.ShouldContain("| `defaultState` | the state until it is fired | ok or fail | fail |\n");
    }

    [Fact]
    public void An_option_without_a_default_is_required() =>
        TaskReference
            .Page([Background.Kind])
            .ShouldContain("| `task` | the task that is evaluated | a task | (required) |\n");
}
