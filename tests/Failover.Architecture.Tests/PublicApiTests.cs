using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Failover;

public sealed class PublicApiTests
{
    public static TheoryData<string> Projects =>
        [
            .. Repository
                .Files("src", "*.csproj")
                // A program is used by its commands, not by its types.
                .Where(project => !Repository.Read(project).Contains("<OutputType>Exe", StringComparison.Ordinal))
                .Select(project => Path.GetFileNameWithoutExtension(project)!),
        ];

    [Theory]
    [Trait(GoldenFile.Trait, "yes")]
    [MemberData(nameof(Projects))]
    public void The_public_api_changes_only_with_its_baseline(string project) =>
        GoldenFile.Check($"src/{project}/PublicApi.txt", PublicApi.Of(project));

    [Fact]
    public void What_every_user_sees_is_what_users_name() =>
        Projects
            .SelectMany(project => PublicApi.Of(project.Data).Split('\n'))
            .Where(line => line.Length > 0 && line[0] != ' ' && !line.Contains(" in ", StringComparison.Ordinal))
            .Select(line => line.Split(" : ")[0].Split(' ')[^1])
            .Where(type => !type.Contains('.', StringComparison.Ordinal))
            .ShouldBe(
                [
                    "All",
                    "Any",
                    "AtLeast",
                    "Background",
                    "Cache",
                    "DeadMansSwitch",
                    "Deadline",
                    "DelegateCheck",
                    "Depends",
                    "DnsCheck",
                    "DnsMatch",
                    "DnsRecordType",
                    "DnsResponseCode",
                    "ExchangeStep",
                    "ExecCheck",
                    "FailoverBuilder",
                    "FailoverStartException",
                    "FileCheck",
                    "Flapping",
                    "GrpcCheck",
                    "Guard",
                    "HealthCheckServer",
                    "HealthState",
                    "HealthTask",
                    "HeartbeatCheck",
                    "HtpasswdFile",
                    "HttpCheck",
                    "HttpProtocol",
                    "Hysteresis",
                    "IpFamily",
                    "Maintenance",
                    "MaintenanceState",
                    "Not",
                    "NotificationRoute",
                    "NotificationSeverity",
                    "NotificationTopics",
                    "Observation",
                    "OnError",
                    "Oneshot",
                    "PingCheck",
                    "Port",
                    "ProbeCheck",
                    "SqliteStateStore",
                    "StatusRange",
                    "TcpCheck",
                    "TcpClose",
                    "TcpPreset",
                    "Threshold",
                    "TlsCheck",
                    "Toggle",
                    "Units",
                    "Webhook",
                    "Window",
                    "Within",
                ],
                ignoreOrder: true,
                "what users rarely name is in Failover.Abstractions"
            );

    [Fact]
    public void The_text_shows_names_defaults_and_nullability_and_nothing_that_users_cannot_touch()
    {
        const string source = """
            #nullable enable
            namespace Failover;
            public enum Level { Low, High = 5 }
            public interface IShape { string? Name { get; } }
            public sealed record Point(int X, string? Label = null) : IShape { string? IShape.Name => Label; internal int Hidden = 1; }
            public abstract class Open { protected Open(Level level = Level.High) { } protected virtual void Draw<T>(T? what) where T : class { } private protected void Inner() { } }
            public abstract class Closed { private protected Closed() { } protected void Never() { } public const int Most = 3; public int Set { get; init; } }
            internal sealed class Unseen { public int Nothing = 1; }
            """;
        CSharpCompilation compilation = CSharpCompilation.Create(
            "sample",
            [CSharp.Parse(source)],
            CSharp.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        using MemoryStream assembly = new();
        compilation
            .Emit(assembly, cancellationToken: TestContext.Current.CancellationToken)
            .Diagnostics.ShouldBeEmpty();
        assembly.Position = 0;
        MetadataReference built = MetadataReference.CreateFromStream(assembly);
        CSharpCompilation reader = CSharpCompilation.Create("reader", references: [.. CSharp.References, built]);

        PublicApi
            .Of((IAssemblySymbol)reader.GetAssemblyOrModuleSymbol(built)!)
            .ShouldBe(
                """
                abstract class Closed
                  const int Most = 3
                  int Set { get; init; }
                abstract class Open
                  protected Open(Level level = High)
                  protected virtual void Draw<T>(T? what) where T : class
                enum Level
                  High = 5
                  Low = 0
                interface IShape
                  string? Name { get; }
                sealed record Point : IShape
                  Point(int X, string? Label = null)
                  int X { get; init; }
                  string? Label { get; init; }
                  void Deconstruct(out int X, out string? Label)

                """.ReplaceLineEndings("\n")
            );
    }
}
