namespace Failover;

public sealed class ManualCommandTests : IDisposable
{
    private readonly CommandUnderTest command = new();

    public void Dispose() => command.Dispose();

    [Fact]
    public async Task The_man_page_has_every_command_that_the_help_shows()
    {
        (await command.RunAsync("manual")).ShouldBe(0);

        string page = command.Output;
        page.ShouldStartWith(".TH FAILOVER 1 \"\" \"failover ");
        foreach (string name in (string[])["run", "check", "status", "reset", "completion", "licenses"])
        {
            page.ShouldContain($"\n.SS \\fBfailover {name}\\fR");
        }

        page.ShouldContain("\\fB\\-\\-ready\\fR");
        page.ShouldContain("\n.TP\n\\fB78\\fR\nthe configuration is invalid\n");
        page.ShouldNotContain("failover complete");
    }

    // groff_man(7): a line that begins with a dot or an apostrophe is a request.
    [Fact]
    public async Task No_text_of_the_man_page_is_taken_for_a_request()
    {
        (await command.RunAsync("manual")).ShouldBe(0);

        string[] requests = [".TH", ".SH", ".SS", ".TP", ".PP", ".EX", ".EE", ".B", ".I"];
        command
            .Output.Split('\n')
            .Where(line => line is ['.' or '\'', ..])
            .Select(line => line.Split(' ')[0])
            .ShouldBeSubsetOf(requests);
    }

    [Fact]
    public async Task The_licences_are_those_of_this_program_and_of_what_it_contains()
    {
        (await command.RunAsync("licenses")).ShouldBe(0);

        command.Output.ShouldStartWith("MIT License");
        command.Output.ShouldContain("\nYamlDotNet\n");
        command.Output.ShouldContain("Apache License");
    }
}
