using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Failover;

/// <summary>What README and docs show is what works.</summary>
public sealed class DocumentationTests
{
    private static IEnumerable<FencedBlock> AllBlocks =>
        Markdown.Pages.SelectMany(page => Markdown.Blocks(page, Repository.Read(page)));

    private static FencedBlock[] ReadmePrograms =>
        [.. Markdown.Blocks("README.md", Repository.Read("README.md")).Where(IsCSharp)];

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
    public void Every_csharp_block_in_README_is_a_complete_program() =>
        ReadmePrograms
            .Where(block => !IsScript(block))
            .Select(block => block.ToString())
            .ShouldBeEmpty("what a reader may paste begins with its using");

    // Those are run: see ExampleTests.
    [Fact]
    public void The_scripts_in_README_are_those_in_examples() =>
        ReadmePrograms
            .Where(block => block.Text.Contains("new HealthCheckServer", StringComparison.Ordinal))
            .Select(block => CSharp.Tokens(block.Text))
            .ShouldBe(
                Enumerable.Range(1, 5).Select(number => CSharp.Tokens(Repository.Read($"examples/example-{number}.cs")))
            );

    /// <summary>The file that README shows, with the typo that it shows the error of.</summary>
    [Fact]
    public void The_error_in_README_is_what_check_prints()
    {
        const string command = "$ failover check\n";
        FencedBlock[] blocks = [.. Markdown.Blocks("README.md", Repository.Read("README.md"))];
        string file = blocks.First(block => block.Language == "yaml").Text;
        string shown = blocks.Single(block => block.Text.StartsWith(command, StringComparison.Ordinal)).Text[
            command.Length..
        ];
        int key = file.IndexOf("interval:", StringComparison.Ordinal);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("readme-");
        try
        {
            string path = Path.Combine(folder.FullName, "failover.yaml");
            File.WriteAllText(path, file.Insert(key + "interval".Length, "l"));

            string printed = ConfigurationFile.Read(path, _ => null).ErrorText;

            printed
                .Replace(path, "failover.yaml", StringComparison.Ordinal)
                .Trim()
                .ShouldMatch($"^{Regex.Escape(shown.Trim()).Replace("…", ".*", StringComparison.Ordinal)}$");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

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
    public void Every_yaml_block_in_a_page_is_a_configuration_that_can_be_read() =>
        AllBlocks
            .Where(block => block.Language is "yaml" or "yml" && !Manifests.IsManifest(block.Text))
            .SelectMany(block => ConfigurationErrors(block.Text, block.ToString()))
            .ShouldBeEmpty("a fragment stands under another fence");

    [Fact]
    public void Every_Kubernetes_manifest_in_a_page_is_complete_and_its_configuration_can_be_read()
    {
        FencedBlock[] manifests = [.. AllBlocks.Where(block => Manifests.IsManifest(block.Text))];

        manifests.ShouldNotBeEmpty();
        manifests
            .SelectMany(block => Manifests.Errors(block.Text).Select(error => $"{block}: {error}"))
            .ShouldBeEmpty();
        string[] configurations = [.. manifests.SelectMany(block => Manifests.Configurations(block.Text))];
        configurations.ShouldNotBeEmpty();
        configurations.SelectMany(text => ConfigurationErrors(text, "failover.yaml")).ShouldBeEmpty();
    }

    [Fact]
    public void A_manifest_that_mounts_what_it_does_not_have_is_seen() =>
        Manifests
            .Errors(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: a}
                spec:
                  containers: [{name: a, volumeMounts: [{name: b, mountPath: /c}]}]
                  volumes: [{name: d, configMap: {name: e}}]
                """
            )
            .ShouldBe(["Pod a: no volume \"b\"", "no ConfigMap \"e\""]);

    [Fact]
    public void Every_page_of_the_guide_is_in_the_index()
    {
        string[] listed = [.. Markdown.RelativeLinks(Repository.Read("docs/README.md"))];

        Repository
            .Files("docs", "*.md")
            .Select(page => page["docs/".Length..])
            .Where(page => page != "README.md" && !page.StartsWith("decisions/0", StringComparison.Ordinal))
            .ShouldBe(listed.Where(page => page.EndsWith(".md", StringComparison.Ordinal)), ignoreOrder: true);
    }

    [Fact]
    public void Every_anchor_of_a_link_is_a_heading_of_its_page() =>
        Markdown.Pages.SelectMany(page => Markdown.DeadAnchors(page, Repository.Read)).ShouldBeEmpty();

    [Fact]
    public void Every_configuration_in_examples_can_be_read() =>
        Repository
            .Files("examples", "*.yaml")
            .SelectMany(file => ConfigurationErrors(Repository.Read(file), file))
            .ShouldBeEmpty();

    [Fact]
    public void A_configuration_that_cannot_be_read_is_seen() =>
        ConfigurationErrors("components:\n  mail: {tpc: mail:25}\n", "page.md:7")
            .ShouldHaveSingleItem()
            .ShouldStartWith("page.md:7(2,10): unknown key \"tpc\"");

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
        IsCSharp(block) && block.Text.Contains("using Failover;", StringComparison.Ordinal);

    private static bool IsCSharp(FencedBlock block) => block.Language is "csharp" or "cs" or "c#";

    private static IEnumerable<string> Errors(string script, string name) =>
        CSharp
            .CompileScript(script, name)
            .GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.ToString());

    // What the environment holds is not to be had here: 00001025 is a port, a name, a path and a token.
    private static IEnumerable<string> ConfigurationErrors(string text, string name)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, text);
        ConfigurationReading reading = ConfigurationFile.Read(file, _ => "00001025");
        File.Delete(file);
        return reading.Errors.Select(error =>
            $"{name}({error.Position.Line},{error.Position.Column}): {error.Problem}"
        );
    }

    private static bool Exists(string page, string target)
    {
        string path = Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, Uri.UnescapeDataString(target));
        return File.Exists(path) || Directory.Exists(path);
    }
}
