using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Failover.Simulation;

/// <summary>Core built with all mutants in it, and the simulation against that build. One is in force at a time, or none.</summary>
internal sealed class MutatedCore
{
    private const string Core = "Failover.Core";
    private const string Simulation = "Failover.Simulation";

    private readonly MethodInfo failure;
    private readonly FieldInfo number;

    private MutatedCore(MethodInfo failure, FieldInfo number) => (this.failure, this.number) = (failure, number);

    public static MutatedCore Build()
    {
        Context context = new(Compile());
        Assembly mutated = context.LoadFromAssemblyName(new(Core));
        Assembly simulation = context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, $"{Simulation}.dll"));
        return new(
            simulation
                .GetType("Failover.Simulation.Trials", throwOnError: true)!
                .GetMethod("FirstBroken", BindingFlags.Static | BindingFlags.Public)!,
            mutated
                .GetType("Failover.MutantInForce", throwOnError: true)!
                .GetField("Number", BindingFlags.Static | BindingFlags.Public)!
        );
    }

    /// <summary>Plays histories with a mutant in force until one breaks a promise.</summary>
    /// <param name="mutant">Its number, from 1; 0 for none.</param>
    /// <param name="seed">The first seed.</param>
    /// <param name="histories">How many are played at most.</param>
    /// <returns>After how many, and which promise; null where none did.</returns>
    public (int Histories, string Invariant)? FirstBroken(int mutant, int seed, int histories)
    {
        number.SetValue(null, mutant);
        try
        {
            return ((int, string)?)failure.Invoke(null, [seed, histories]);
        }
        finally
        {
            number.SetValue(null, 0);
        }
    }

    private static byte[] Compile()
    {
        string root = Path.Combine(SourceRoot(), "src", Core);
        CSharpParseOptions options = new(LanguageVersion.Latest);
        List<SyntaxTree> trees = [];
        foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(root, file);
            if (
                relative.StartsWith("obj", StringComparison.Ordinal)
                || relative.StartsWith("bin", StringComparison.Ordinal)
            )
            {
                continue;
            }

            string source = File.ReadAllText(file);
            foreach ((int index, Mutant mutant) in Mutants.All.Index().Where(one => one.Item.File == relative))
            {
                source = mutant.Weave(source, index + 1);
            }

            trees.Add(CSharpSyntaxTree.ParseText(source, options, file));
        }

        trees.Add(
            CSharpSyntaxTree.ParseText(
                """
                global using System;
                global using System.Collections.Generic;
                global using System.Linq;
                global using Failover.Abstractions;
                [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Failover.Simulation")]
                namespace Failover { public static class MutantInForce { public static int Number; } }
                """,
                options
            )
        );
        CSharpCompilation compilation = CSharpCompilation.Create(
            Core,
            trees,
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(path => !Path.GetFileName(path).StartsWith("Failover", StringComparison.Ordinal))
                .Select(path => MetadataReference.CreateFromFile(path)),
            new(
                OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable,
                optimizationLevel: OptimizationLevel.Release
            )
        );
        using MemoryStream assembly = new();
        var result = compilation.Emit(assembly);
        return result.Success
            ? assembly.ToArray()
            : throw new InvalidOperationException(
                string.Join('\n', result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Take(5))
            );
    }

    // Asked before the context that holds the real Core.
    private sealed class Context(byte[] core) : AssemblyLoadContext("mutants")
    {
        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == Core ? LoadFromStream(new MemoryStream(core)) : null;
    }

    private static string SourceRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
