using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>What is installed beside the program says what the program does.</summary>
public sealed partial class PackagingTests
{
    private const string Unit = "packaging/failover.service";

    private static readonly string[] UsedByTheBuildOnly =
    [
        "Meziantou.Analyzer",
        "Microsoft.CodeAnalysis.BannedApiAnalyzers",
        "Microsoft.NET.ILLink.Tasks",
        "Microsoft.VisualStudio.Threading.Analyzers",
        "MinVer",
    ];

    private static readonly string[] Lines = LinesOf(Repository.Read(Unit));

    [Theory]
    [InlineData("Type=notify")]
    [InlineData("ExecReload=/usr/local/bin/failover reload /etc/failover/failover.yaml")]
    [InlineData("Restart=always")]
    [InlineData("User=failover")]
    [InlineData("UMask=0077")]
    [InlineData("NoNewPrivileges=yes")]
    [InlineData("CapabilityBoundingSet=CAP_NET_BIND_SERVICE")]
    [InlineData("ProtectSystem=strict")]
    [InlineData("ProtectHome=yes")]
    [InlineData("PrivateTmp=yes")]
    [InlineData("PrivateDevices=yes")]
    [InlineData("SystemCallFilter=@system-service")]
    [InlineData("SystemCallArchitectures=native")]
    public void The_unit_has_the_line(string line) => Lines.ShouldContain(line);

    [Fact]
    public void The_unit_keeps_state_where_the_daemon_does_by_default()
    {
        string file = StateBinder.Default.File!;

        Path.GetDirectoryName(file).ShouldBe($"/var/lib/{Value("StateDirectory")}");
    }

    [Fact]
    public void The_unit_starts_no_daemon_again_that_would_end_the_same_way() =>
        Value("RestartPreventExitStatus")
            .Split(' ')
            .Select(code => int.Parse(code, CultureInfo.InvariantCulture))
            .ShouldBe([ExitCode.WrongCommandLine, ExitCode.InvalidConfiguration]);

    [Fact]
    public void The_unit_gives_the_daemon_the_time_to_drain() =>
        int.Parse(Value("TimeoutStopSec"), CultureInfo.InvariantCulture).ShouldBeGreaterThan(10);

    [Fact]
    public void The_pages_and_headings_that_packaged_files_name_exist()
    {
        string[] files = [.. Repository.Files("packaging", "*"), "build.sh"];
        (string File, Match Named)[] all =
        [
            .. files.SelectMany(file => PageNames().Matches(Repository.Read(file)).Select(named => (file, named))),
        ];

        all.Length.ShouldBeGreaterThan(1);
        all.Where(one =>
                !File.Exists(Repository.FullPath(one.Named.Groups["page"].Value))
                || one.Named.Groups["heading"] is { Success: true, Value: var heading }
                    && !Repository
                        .Read(one.Named.Groups["page"].Value)
                        .Contains($"\n## {heading}\n", StringComparison.Ordinal)
            )
            .Select(one => $"{one.File}: {one.Named.Value}")
            .ShouldBeEmpty();
    }

    // It runs compiled code from memory that it writes to.
    [Fact]
    public void The_unit_does_not_forbid_the_compiler() =>
        Lines.ShouldNotContain(line => line.StartsWith("MemoryDenyWriteExecute", StringComparison.Ordinal));

    [Fact]
    public void The_user_of_the_unit_is_made() =>
        LinesOf(Repository.Read("packaging/failover.sysusers.conf"))
            .ShouldHaveSingleItem()
            .ShouldStartWith($"u {Value("User")} ");

    [Fact]
    public void Every_package_that_the_command_contains_has_its_notice()
    {
        using JsonDocument locked = JsonDocument.Parse(Repository.Read("src/Failover.Cli/packages.lock.json"));
        string[] contained =
        [
            .. locked
                .RootElement.GetProperty("dependencies")
                .GetProperty("net10.0")
                .EnumerateObject()
                .Where(package => package.Value.GetProperty("type").GetString() != "Project")
                .Select(package => package.Name)
                .Except(UsedByTheBuildOnly, StringComparer.Ordinal),
        ];
        string[] notices = Repository.Read("THIRD-PARTY-NOTICES.txt").Split('\n');

        contained.ShouldContain("YamlDotNet");
        contained.ShouldBeSubsetOf(notices);
    }

    // With a section for one system, CI's restore in locked mode refuses it (NU1004).
    [Fact]
    public void The_locked_packages_are_those_of_an_ordinary_build()
    {
        foreach (string project in (string[])["Failover.Core", "Failover", "Failover.Sqlite", "Failover.Cli"])
        {
            Repository.Read($"src/{project}/packages.lock.json").ShouldNotContain("net10.0/");
        }
    }

    [Fact]
    public void The_packaged_example_is_a_valid_configuration_that_only_this_machine_can_ask()
    {
        string example = Repository.Read("packaging/debian/failover.yaml");

        example.ShouldContain("\nlisten: 127.0.0.1:");
        example.ShouldContain($"\nstate: {StateBinder.Default.File}\n");
    }

    // A target that is down must not have its container restarted.
    [Fact]
    public void The_health_check_of_the_container_asks_for_no_component() =>
        Repository
            .Read("packaging/container/Containerfile")
            .ShouldContain("CMD [\"/usr/bin/failover\", \"status\", \"--ready\"]");

    private static string Value(string key) =>
        Lines.Single(line => line.StartsWith($"{key}=", StringComparison.Ordinal))[(key.Length + 1)..];

    private static string[] LinesOf(string text) =>
        [.. text.Split('\n').Where(line => line is not ("" or ['#' or '[', ..]))];

    [GeneratedRegex(@"(?<page>docs/[\w/-]+\.md)(?:, ""(?<heading>[^""]+)"")?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PageNames();
}
