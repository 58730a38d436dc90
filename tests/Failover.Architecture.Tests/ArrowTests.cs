using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Failover;

/// <summary>Who may know whom. Namespaces do not tell folders apart, so that the sources are asked.</summary>
public sealed class ArrowTests
{
    private static readonly string[] Roots = ["bench", "examples", "src", "tests", "tools"];

    private static readonly Dictionary<string, string[]> Projects = new(StringComparer.Ordinal)
    {
        ["Failover.Core"] = [],
        ["Failover"] = ["Failover.Core"],
        ["Failover.Sqlite"] = ["Failover"],
        ["Failover.Cli"] = ["Failover", "Failover.Sqlite"],
    };

    // Other projects below are seen by every folder. Files directly in a project may see all of it and are seen by none.
    private static readonly Dictionary<string, string[]> Folders = new(StringComparer.Ordinal)
    {
        ["Failover.Core/Options"] = ["Failover.Core/Model"],
        ["Failover.Core/Model"] = ["Failover.Core/Options", "Failover.Core/Explaining"],
        ["Failover.Core/Combinators"] = ["Failover.Core/Model", "Failover.Core/Options", "Failover.Core/Explaining"],
        ["Failover.Core/Explaining"] = ["Failover.Core/Model", "Failover.Core/Combinators"],
        ["Failover.Core/Machine"] =
        [
            "Failover.Core/Model",
            "Failover.Core/Options",
            "Failover.Core/Combinators",
            "Failover.Core/Explaining",
        ],
        ["Failover/Platform"] = [],
        ["Failover/Net"] = ["Failover/Platform"],
        ["Failover/Probing"] = ["Failover/Platform"],
        ["Failover/Checks"] = ["Failover/Probing", "Failover/Net", "Failover/Platform"],
        ["Failover/State"] = [],
        ["Failover/Engine"] = ["Failover/Probing", "Failover/State", "Failover/Net", "Failover/Platform"],
        ["Failover/Auth"] = ["Failover/Platform"],
        ["Failover/Operations"] = [],
        ["Failover/Telemetry"] = ["Failover/Engine", "Failover/Platform"],
        ["Failover/ProbeModules"] =
        [
            "Failover/Checks",
            "Failover/Probing",
            "Failover/Telemetry",
            "Failover/Engine",
            "Failover/Net",
            "Failover/Platform",
        ],
        ["Failover/Notifications"] =
        [
            "Failover/Checks",
            "Failover/Probing",
            "Failover/Telemetry",
            "Failover/Engine",
            "Failover/State",
            "Failover/Net",
            "Failover/Platform",
        ],
        ["Failover/Http"] =
        [
            "Failover/ProbeModules",
            "Failover/Notifications",
            "Failover/Auth",
            "Failover/Operations",
            "Failover/Telemetry",
            "Failover/Engine",
            "Failover/State",
            "Failover/Net",
            "Failover/Platform",
        ],
        ["Failover/Hosting"] =
        [
            "Failover/Http",
            "Failover/Notifications",
            "Failover/Auth",
            "Failover/Operations",
            "Failover/Telemetry",
            "Failover/Checks",
            "Failover/Engine",
            "Failover/State",
            "Failover/Net",
            "Failover/Platform",
        ],
        ["Failover.Cli/Configuration"] = [],
        ["Failover.Cli/Otlp"] = ["Failover.Cli/Configuration"],
        ["Failover.Cli/Daemon"] = ["Failover.Cli/Configuration", "Failover.Cli/Otlp"],
        ["Failover.Cli/Convert"] = ["Failover.Cli/Configuration"],
        ["Failover.Cli/Demo"] = [],
        ["Failover.Cli/Output"] = [],
        ["Failover.Cli/Commands"] =
        [
            "Failover.Cli/Output",
            "Failover.Cli/Daemon",
            "Failover.Cli/Demo",
            "Failover.Cli/Convert",
            "Failover.Cli/Configuration",
        ],
    };

    public static TheoryData<string> ProjectsWithFolders => ["Failover.Core", "Failover", "Failover.Cli"];

    [Fact]
    public void Projects_reference_only_what_their_arrows_allow()
    {
        List<string> wrong = [];
        foreach (string project in Repository.Files("src", "*.csproj"))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            if (!Projects.TryGetValue(name, out string[]? allowed))
            {
                wrong.Add($"{name} has no arrows yet: add its line to ArrowTests");
                continue;
            }

            wrong.AddRange(
                References(project, "ProjectReference")
                    .Select(reference => Path.GetFileNameWithoutExtension(reference))
                    .Except(allowed)
                    .Select(reference => $"{name} → {reference}")
            );
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string[] named =
        [
            .. XDocument
                .Parse(Repository.Read("Failover.slnx"))
                .Descendants("Project")
                .Select(project => (string?)project.Attribute("Path") ?? ""),
        ];
        Roots.SelectMany(root => Repository.Files(root, "*.csproj")).ShouldBe(named, ignoreOrder: true);
    }

    [Fact]
    public void Core_references_nothing_but_the_runtime()
    {
        const string core = "src/Failover.Core/Failover.Core.csproj";
        References(core, "PackageReference").Concat(References(core, "FrameworkReference")).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(ProjectsWithFolders))]
    public void Folders_see_only_what_their_arrows_allow(string project)
    {
        CSharpCompilation library = CSharp.CompileProject(project);
        List<string> wrong = [];
        foreach (SyntaxTree tree in library.SyntaxTrees.Where(tree => FolderOf(tree).Length > 0))
        {
            string folder = FolderOf(tree);
            if (!Folders.TryGetValue(folder, out string[]? allowed))
            {
                wrong.Add($"{folder} has no arrows yet: add its line to ArrowTests");
                continue;
            }

            wrong.AddRange(
                NamesOfOtherFiles(tree, library.GetSemanticModel(tree))
                    .Where(seen => seen.Folder != folder && !allowed.Contains(seen.Folder))
                    .Select(seen =>
                        $"{tree.FilePath}: {seen.Type} of {(seen.Folder.Length == 0 ? "the root" : seen.Folder)}"
                    )
            );
        }

        wrong.Distinct().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Failover.Core", "Failover.Core/Machine")]
    [InlineData("Failover.Core", "Failover.Core/Explaining")]
    [InlineData("Failover", "Failover/Engine")]
    public void The_machine_and_the_engine_name_no_check_and_no_combinator(string project, string folder)
    {
        CSharpCompilation library = CSharp.CompileProject(project);
        library
            .SyntaxTrees.Where(tree => FolderOf(tree) == folder)
            .SelectMany(tree => TasksNamedIn(tree, library.GetSemanticModel(tree)))
            .ShouldBeEmpty("ask a virtual member of HealthTask or Combinator");
    }

    [Fact]
    public void A_task_that_is_named_is_seen()
    {
        SyntaxTree tree = CSharp.Parse(
            "using Failover; using Failover.Abstractions; class Here { bool A(HealthTask task) => task is Toggle; bool B(Combinator all) => true; bool C(Oneshot.Trigger of) => true; }",
            "src/Failover/Engine/Here.cs"
        );
        CSharpCompilation here = CSharpCompilation.Create("here", [tree], CSharp.References);

        TasksNamedIn(tree, here.GetSemanticModel(tree))
            .ShouldBe(
                [
                    "src/Failover/Engine/Here.cs: Toggle",
                    "src/Failover/Engine/Here.cs: Oneshot",
                    "src/Failover/Engine/Here.cs: Oneshot",
                ],
                ignoreOrder: true
            );
    }

    [Fact]
    public void A_name_that_is_reached_through_a_variable_or_a_bare_new_is_seen()
    {
        SyntaxTree there = CSharp.Parse("class There { public int Depth; }", "src/Failover/Engine/There.cs");
        SyntaxTree here = CSharp.Parse(
            "class Here { int A(dynamic d) { var t = B(); return t.Depth; } There B() => null; void C(Target t) => D(new()); void D(Target t) { } }",
            "src/Failover/Auth/Here.cs"
        );
        SyntaxTree target = CSharp.Parse("class Target { }", "src/Failover/State/Target.cs");
        CSharpCompilation both = CSharpCompilation.Create("both", [there, here, target], CSharp.References);

        NamesOfOtherFiles(here, both.GetSemanticModel(here))
            .Select(seen => $"{seen.Folder}.{seen.Type}")
            .ShouldBe(
                [
                    "Failover/Engine.There",
                    "Failover/Engine.There",
                    "Failover/State.Target",
                    "Failover/State.Target",
                    "Failover/State.Target",
                ],
                ignoreOrder: true
            );
    }

    private static IEnumerable<(string Folder, string Type)> NamesOfOtherFiles(SyntaxTree tree, SemanticModel model) =>
        from node in tree.GetRoot().DescendantNodes()
        where node is SimpleNameSyntax { IsVar: false } or ImplicitObjectCreationExpressionSyntax
        let symbol = model.GetSymbolInfo(node).Symbol
        let type = (symbol as INamedTypeSymbol ?? symbol?.ContainingType)?.OriginalDefinition
        where type is not null
        let declaration = type.DeclaringSyntaxReferences.FirstOrDefault()
        where declaration is not null && declaration.SyntaxTree != tree
        select (FolderOf(declaration.SyntaxTree), type.Name);

    // A record that is a task, or that belongs to one, as Oneshot.Trigger does. Abstract ones are how tasks are spoken to.
    private static IEnumerable<string> TasksNamedIn(SyntaxTree tree, SemanticModel model) =>
        from name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
        let symbol = model.GetSymbolInfo(name).Symbol
        let type = symbol as INamedTypeSymbol ?? symbol?.ContainingType
        let task = type?.ContainingType ?? type
        where task is { IsAbstract: false } && Ancestors(task).Any(ancestor => ancestor.Name == nameof(HealthTask))
        select $"{tree.FilePath}: {task.Name}";

    private static IEnumerable<INamedTypeSymbol> Ancestors(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            yield return ancestor;
        }
    }

    /// <summary>The project and the folder in it; empty for files directly in a project and for what is not there.</summary>
    private static string FolderOf(SyntaxTree tree) =>
        tree.FilePath.Split('/') is ["src", var project, var folder, _, ..] ? $"{project}/{folder}" : "";

    private static IEnumerable<string> References(string project, string element) =>
        XDocument
            .Parse(Repository.Read(project))
            .Descendants(element)
            .Select(reference => (string?)reference.Attribute("Include") ?? "");
}
