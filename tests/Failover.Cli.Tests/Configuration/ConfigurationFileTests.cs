using System.Text;

namespace Failover;

/// <summary>Tables of bad files with what is told about each, and good files with what they say.</summary>
public sealed class ConfigurationFileTests
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    private static string Folder { get; } = Path.Combine(Root, "tests", "Failover.Cli.Tests", "Configuration");

    private static bool IsAccepting => Environment.GetEnvironmentVariable("FAILOVER_ACCEPT") == "1";

    private static IEnumerable<BadFile> BadFiles => Tables.SelectMany(table => BadFile.Parse(File.ReadAllText(table)));

    public static IEnumerable<string> GoodFiles =>
        Directory.EnumerateFiles(Path.Combine(Folder, "GoodFiles"), "*.yaml");

    private static IEnumerable<string> Tables => Directory.EnumerateFiles(Path.Combine(Folder, "BadFiles"), "*.txt");

    public static TheoryData<string> TableNames => [.. Tables.Select(table => Path.GetFileName(table)).Order()];

    public static TheoryData<string, string> Options =>
        new(
            TaskKinds
                .All.Where(kind => kind.Make is not null)
                .SelectMany(kind =>
                    kind.Options.Select(option => (kind.Name, option == kind.WholeOption ? kind.Name : option.Key))
                )
        );

    /// <summary>With FAILOVER_ACCEPT=1 the tables are rewritten: read the diff.</summary>
    [Theory]
    [MemberData(nameof(TableNames))]
    public void Every_mistake_is_reported_with_its_place_and_what_is_accepted(string table)
    {
        string file = Path.Combine(Folder, "BadFiles", table);
        string text = File.ReadAllText(file);
        BadFile[] told = [.. BadFile.Parse(text).Select(bad => bad with { Expected = Told(bad) })];
        told.ShouldAllBe(bad => bad.Expected.Length > 0);
        if (IsAccepting)
        {
            File.WriteAllText(file, BadFile.Write(told));
            return;
        }

        // One case at a time: a difference is read as what is told, and not found in the whole table.
        foreach ((BadFile now, BadFile before) in told.Zip(BadFile.Parse(text)))
        {
            now.Expected.ShouldBe(before.Expected, $"{table}: {before.Name}");
        }

        BadFile.Write(told).ShouldBe(text);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Every_option_stands_in_a_good_file_and_has_a_bad_one(string kind, string key)
    {
        File.ReadAllText(Path.Combine(Folder, "GoodFiles", $"{kind}.yaml"))
            .ShouldMatch($@"(?m)^ {{{(key == kind ? 4 : 6)}}}{key}:", $"give {key} a value in the component all");

        BadFiles
            .Where(bad => bad.Name == (key == kind ? kind : $"{kind}.{key}"))
            .ShouldHaveSingleItem($"a case of that name in a table")
            .Expected.ShouldContain(key);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_good_file_is_good_and_says_every_option(string kind)
    {
        using ConfigurationFolder folder = new();
        folder.Write(ConfigurationFolder.Main, File.ReadAllText(Path.Combine(Folder, "GoodFiles", $"{kind}.yaml")));

        // What cannot be a component by itself stands under tasks.
        FailoverConfiguration read = folder.ReadGood();
        HealthTask all =
            read.Components.FirstOrDefault(component => component.Name == "all")?.Task
            ?? read.TaskNames.Single(task => task.Value == "all").Key;
        all.OwnKind!.Name.ShouldBe(kind);
        all.Values.ShouldAllBe(value => value != null);
    }

    public static TheoryData<string> Kinds =>
        [.. TaskKinds.All.Where(kind => kind.Make is not null).Select(kind => kind.Name)];

    private static string Told(BadFile bad)
    {
        using ConfigurationFolder folder = new();
        foreach ((string path, string text) in bad.Files)
        {
            folder.Write(
                path,
                Path.GetFileName(path) switch
                {
                    "latin1" => Encoding.Latin1.GetBytes(text),
                    "large" => new byte[65537],
                    _ => Encoding.UTF8.GetBytes(text),
                }
            );
        }

        return folder.ReadErrors();
    }

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Failover.slnx")))
        {
            at = at.Parent;
        }

        return at!.FullName;
    }
}
