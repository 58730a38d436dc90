using Microsoft.CodeAnalysis;

namespace Failover;

/// <summary>What README and docs show is what works.</summary>
public sealed class DocumentationTests
{
    private static IEnumerable<FencedBlock> AllBlocks =>
        Markdown.Pages.SelectMany(page => Markdown.Blocks(page, Repository.Read(page)));

    [Fact]
    public void Every_complete_script_in_a_page_compiles() =>
        AllBlocks.Where(IsScript).SelectMany(block => Errors(block.Text, block.ToString())).ShouldBeEmpty();

    [Fact]
    public void Every_script_in_examples_compiles() =>
        Repository
            .Files("examples", "*.cs")
            .Where(file => file.Count(letter => letter == '/') == 1)
            .SelectMany(file => Errors(Repository.Read(file), file))
            .ShouldBeEmpty();

    [Fact]
    public void Every_relative_link_in_a_page_leads_somewhere() =>
        Markdown
            .Pages.SelectMany(page =>
                Markdown
                    .RelativeLinks(Repository.Read(page))
                    .Where(target => !Exists(page, target))
                    .Select(target => $"{page}: {target}")
            )
            .ShouldBeEmpty();

    [Fact]
    public void There_is_no_yaml_in_a_page_while_no_test_loads_it() =>
        AllBlocks
            .Where(block => block.Language is "yaml" or "yml")
            .ShouldBeEmpty("write the test that loads the YAML blocks of pages, in place of this one");

    [Fact]
    public void A_script_that_does_not_compile_is_seen_where_it_stands()
    {
        const string page = """
            Text.

            ```csharp
            #!/usr/bin/env dotnet
            #:project ../src/Failover
            using Failover;
            using static Failover.Units;

            HealthTask task = new Oneshot(defaultState: Fail);
            Console.WriteLine(task);
            Threshold wrong = "five";
            ```
            """;

        FencedBlock block = Markdown.Blocks("page.md", page.ReplaceLineEndings("\n")).ShouldHaveSingleItem();
        IsScript(block).ShouldBeTrue();
        Errors(block.Text, block.ToString()).ShouldHaveSingleItem().ShouldStartWith("page.md:3(8,19): error CS0029");
    }

    [Fact]
    public void A_link_is_seen_with_and_without_an_anchor_and_not_in_a_block()
    {
        const string page = """
            [a](one.md), [b](two.md#part), [c](https://example.org/), [d](#here), ![e](three.png)

            ```text
            [f](four.md)
            ```

            [g]: five.md
            """;

        Markdown.RelativeLinks(page.ReplaceLineEndings("\n")).ShouldBe(["one.md", "two.md", "three.png", "five.md"]);
    }

    // A fragment shows a part and cannot stand alone; what a reader may copy and run begins with its using.
    private static bool IsScript(FencedBlock block) =>
        block.Language is "csharp" or "cs" or "c#" && block.Text.Contains("using Failover;", StringComparison.Ordinal);

    private static IEnumerable<string> Errors(string script, string name) =>
        CSharp
            .CompileScript(script, name)
            .GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.ToString());

    private static bool Exists(string page, string target)
    {
        string path = Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, Uri.UnescapeDataString(target));
        return File.Exists(path) || Directory.Exists(path);
    }
}
