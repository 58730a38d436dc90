namespace Failover;

/// <summary>Files of other software in the idioms that people write, each with the failover.yaml that it becomes.</summary>
public sealed class ConversionTests
{
    private const string Expected = ".expected.yaml";
    private const string Arguments = "# --target ";

    private static string Folder { get; } =
        Path.Combine(ConfigurationFileTests.Root, "tests", "Failover.Cli.Tests", "Convert");

    private static bool IsAccepting => Environment.GetEnvironmentVariable("FAILOVER_ACCEPT") == "1";

    public static TheoryData<string> Sources =>
        [
            .. SourceFormat
                .All.SelectMany(format => Directory.EnumerateFiles(FolderOf(format)))
                .Where(file => !file.EndsWith(Expected, StringComparison.Ordinal))
                .Select(file => Path.GetRelativePath(Folder, file))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>With FAILOVER_ACCEPT=1 the expected files are rewritten: read the diff.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_file_becomes_the_failover_yaml_beside_it(string source)
    {
        using CommandUnderTest command = new();
        int code = await ConvertAsync(command, source);

        string expected = Path.ChangeExtension(Path.Combine(Folder, source), null) + Expected;
        if (IsAccepting)
        {
            await File.WriteAllTextAsync(expected, command.Output, TestContext.Current.CancellationToken);
        }

        command.Output.ShouldBe(await File.ReadAllTextAsync(expected, TestContext.Current.CancellationToken));
        bool isWhole = !command.Output.Contains("# not converted, ", StringComparison.Ordinal);
        code.ShouldBe(isWhole ? ExitCode.Ok : ExitCode.NotAllConverted);
        (command.Error.Length == 0).ShouldBe(isWhole, command.Error);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task What_is_written_passes_check(string source)
    {
        using CommandUnderTest converting = new();
        await ConvertAsync(converting, source);
        using CommandUnderTest checking = new();
        checking.Environment["API_TOKEN"] = "a-token";
        checking.Environment["APP_HOST"] = "app.example.net";
        checking.Write(converting.Output);

        int code = await checking.RunAsync("check", "--offline", checking.File);

        code.ShouldBe(ExitCode.Ok, $"{checking.Error}\n{converting.Output}");
    }

    /// <summary>A file that ends in the middle is an error or a smaller file, whatever it ends with.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void A_file_that_is_cut_anywhere_is_read_to_its_end(string source)
    {
        string text = File.ReadAllText(Path.Combine(Folder, source));
        SourceFormat format = SourceFormat.Find(source, text)!;
        for (int length = 0; length < text.Length; length += 7)
        {
            ConfigurationErrors errors = new();
            ConvertedMap? converted = format.Convert("source", text[..length], [], errors);

            (converted is null).ShouldBe(errors.Count > 0);
            _ = converted is null ? "" : ConvertedYaml.Of(converted);
        }
    }

    [Fact]
    public void There_are_thirty_of_them() => Sources.Count.ShouldBeGreaterThanOrEqualTo(30);

    private static string FolderOf(SourceFormat format) =>
        Path.Combine(Folder, $"{char.ToUpperInvariant(format.Name[0])}{format.Name[1..]}");

    private static Task<int> ConvertAsync(CommandUnderTest command, string source)
    {
        string text = File.ReadAllText(Path.Combine(Folder, source));
        string[] arguments = text.StartsWith(Arguments, StringComparison.Ordinal)
            ? text.Split('\n')[0][2..].Split(' ')
            : [];
        // Of another name than its format's: what it holds says what it is.
        command.Write(text, "source");
        return command.RunAsync(["convert", command["source"], .. arguments]);
    }
}
