using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Failover;

/// <summary>A ban that is misspelt or not wired bans nothing, and nobody notices.</summary>
public sealed partial class BannedSymbolTests
{
    private const string IsOther =
        "$([System.Text.RegularExpressions.Regex]::IsMatch('%(Filename)', 'Meziantou|Threading|NetAnalyzers|CodeStyle|ILLink'))";

    public static TheoryData<string> Lists => [.. Repository.Files("src", "BannedSymbols.txt")];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Every_banned_symbol_exists(string list)
    {
        CSharpCompilation everything = CSharpCompilation.Create("reader", references: CSharp.References);
        Repository
            .Read(list)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(';')[0].Trim())
            .Where(id => DocumentationCommentId.GetFirstSymbolForDeclarationId(id, everything) is null)
            .ShouldBeEmpty($"names in {list} that mean nothing");
    }

    [Theory]
    [InlineData("Failover.Core", "System.DateTime.UtcNow", "DateTime")]
    [InlineData("Failover", "System.DateTime.UtcNow", "DateTime.UtcNow")]
    public async Task The_build_of_a_library_refuses_a_banned_symbol(string project, string expression, string banned)
    {
        DirectoryInfo temp = Directory.CreateTempSubdirectory("banned-");
        try
        {
            string output = await BuildWith(
                project,
                $"namespace Failover; internal static class Snippet {{ public static object Use() => {expression}; }}",
                temp.FullName
            );
            Refusal().Matches(output).Select(match => match.Groups["symbol"].Value).ShouldContain(banned, output);
        }
        finally
        {
            temp.Delete(recursive: true);
        }
    }

    /// <summary>Builds the real project, with its real settings and one file more, into a folder of its own.</summary>
    private static async Task<string> BuildWith(string project, string source, string temp)
    {
        string snippet = Path.Combine(temp, "Snippet.cs");
        string targets = Path.Combine(temp, "snippet.targets");
        await File.WriteAllTextAsync(snippet, source, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            targets,
            $"""
            <Project>
              <PropertyGroup Condition="'$(MSBuildProjectName)' == '{project}'">
                <IntermediateOutputPath>{temp}/</IntermediateOutputPath>
              </PropertyGroup>
              <ItemGroup Condition="'$(MSBuildProjectName)' == '{project}'">
                <Compile Include="{snippet}" />
              </ItemGroup>
              <!-- Those that refuse other things take most of the time. -->
              <Target Name="LeaveOtherAnalyzersOut" BeforeTargets="CoreCompile">
                <ItemGroup>
                  <Analyzer Remove="@(Analyzer)" Condition="{IsOther}" />
                </ItemGroup>
              </Target>
            </Project>
            """,
            TestContext.Current.CancellationToken
        );

        ProcessStartInfo start = new("dotnet")
        {
            ArgumentList =
            {
                "msbuild",
                Repository.FullPath($"src/{project}/{project}.csproj"),
                "-t:Compile",
                "-nologo",
                "-nodeReuse:false",
                $"-p:Configuration={Configuration}",
                "-p:BuildProjectReferences=false",
                "-p:UseSharedCompilation=false",
                $"-p:CustomBeforeMicrosoftCommonTargets={targets}",
            },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // The test runner's own SDK settings are not for this build.
        foreach (
            string name in start
                .Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))
                .ToArray()
        )
        {
            start.Environment.Remove(name);
        }

        using Process build = Process.Start(start)!;
        string output = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        build.ExitCode.ShouldNotBe(0, output);
        return output;
    }

    // The configuration this test was built in: what it references is built in the same one.
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    [GeneratedRegex(
        @"Snippet\.cs\(.*error RS0030: The symbol '(?<symbol>[^']+)'",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Refusal();
}
