using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Failover;

/// <summary>Source text as the compiler sees it.</summary>
internal static class CSharp
{
    // What the SDK's ImplicitUsings adds to a library or a console program.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    // What it adds to a web application.
    private const string WebUsings = """
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    // What Directory.Build.props adds.
    private const string OwnUsings = "global using Failover.Abstractions;";

    private static readonly Lazy<IReadOnlyList<MetadataReference>> EverythingHere = new(() =>
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Select(file => MetadataReference.CreateFromFile(file)),
        ]
    );

    /// <summary>.NET, ASP.NET Core and every assembly of ours, as this test was built against them.</summary>
    public static IReadOnlyList<MetadataReference> References => EverythingHere.Value;

    public static SyntaxTree Parse(string text, string path = "") =>
        CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest), path);

    /// <summary>The sources of a project, compiled under its own name so that it may see what is internal to others.</summary>
    public static CSharpCompilation CompileProject(string name) =>
        Compile(
            name,
            OutputKind.DynamicallyLinkedLibrary,
            Repository
                .Files($"src/{name}", "*.cs")
                .Select(file => Parse(Repository.Read(file), file))
                .Append(Parse(OwnUsings))
        );

    /// <summary>A program of one file with statements at the top; a web application where it begins as one.</summary>
    public static CSharpCompilation CompileScript(string text, string path)
    {
        SyntaxTree script = Parse(WithoutDirectives(text), path);
        bool isWeb = text.Contains("WebApplication.Create", StringComparison.Ordinal);
        return Compile("script", OutputKind.ConsoleApplication, isWeb ? [script, Parse(WebUsings)] : [script]);
    }

    /// <summary>What the compiler reads of a script: without comments, directives and layout.</summary>
    public static string Tokens(string script) =>
        string.Join(' ', Parse(WithoutDirectives(script)).GetRoot().DescendantTokens().Select(token => token.Text));

    private static CSharpCompilation Compile(string name, OutputKind kind, IEnumerable<SyntaxTree> trees) =>
        CSharpCompilation.Create(
            name,
            trees.Append(Parse(ImplicitUsings)),
            References.Where(reference => Path.GetFileNameWithoutExtension(reference.Display) != name),
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true)
        );

    // "#!" and "#:" are for `dotnet run`; the lines stay, so that positions are right.
    private static string WithoutDirectives(string text) =>
        string.Join(
            '\n',
            text.Split('\n')
                .Select(line =>
                    line.StartsWith("#!", StringComparison.Ordinal) || line.StartsWith("#:", StringComparison.Ordinal)
                        ? ""
                        : line
                )
        );
}
