using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Failover;

/// <summary>What the style asks for and no analyzer looks at.</summary>
public sealed partial class StyleTests
{
    private const int LongestFile = 400;
    private const string LongFileMark = "// Over 400 lines because ";
    private const string RealTimeMark = "// Real time: ";

    private static readonly string[] Folders = ["src", "tests", "bench", "tools", "examples"];

    private static IEnumerable<string> Sources => Folders.SelectMany(folder => Repository.Files(folder, "*.cs"));

    [Fact]
    public void A_file_over_400_lines_says_why() =>
        Sources.Where(file => IsTooLong(Repository.Read(file))).ShouldBeEmpty($"say why: {LongFileMark}…");

    [Fact]
    public void Nothing_in_src_is_named_for_what_it_is_not() =>
        Repository
            .Files("src", "*.cs")
            .SelectMany(file => EmptyNames(Repository.Read(file)).Select(name => $"{file}: {name}"))
            .ShouldBeEmpty();

    [Fact]
    public void Tests_wait_for_what_happens_and_not_for_time_to_pass() =>
        Repository
            .Files("tests", "*.cs")
            .SelectMany(file => Waits(Repository.Read(file)).Select(wait => $"{file}: {wait}"))
            .ShouldBeEmpty($"give the time, wait for the event, or say why not: {RealTimeMark}…");

    [Fact]
    public void A_test_class_stands_where_its_source_file_does()
    {
        Dictionary<string, string> sources = Repository
            .Files("src", "*.cs")
            .GroupBy(file => Path.GetFileNameWithoutExtension(file))
            .Where(group => group.Count() == 1)
            .ToDictionary(group => group.Key, group => group.Single());

        Repository
            .Files("tests", "*Tests.cs")
            .Select(test => (Test: test, Expected: ExpectedPlace(test, sources)))
            .Where(pair => pair.Expected is not null && pair.Expected != pair.Test)
            .Select(pair => $"{pair.Test} belongs at {pair.Expected}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_test_file_is_named_after_its_class() =>
        Repository
            .Files("tests", "*Tests.cs")
            .Where(file =>
                !Repository
                    .Read(file)
                    .Contains($" class {Path.GetFileNameWithoutExtension(file)}", StringComparison.Ordinal)
            )
            .ShouldBeEmpty();

    [Theory]
    [InlineData(400, "", false)]
    [InlineData(401, "", true)]
    [InlineData(401, LongFileMark + "it is a table.", false)]
    public void A_file_is_too_long_from_line_401_on(int lines, string last, bool isTooLong) =>
        IsTooLong(string.Concat(Enumerable.Repeat("\n", lines - 1)) + last).ShouldBe(isTooLong);

    [Theory]
    [InlineData("class TaskManager;", "TaskManager")]
    [InlineData("static class Text { class StringHelper; }", "StringHelper")]
    [InlineData("enum FileUtils { A }", "FileUtils")]
    [InlineData("record CheckBase;", "CheckBase")]
    [InlineData("class Managers; class Database;", "")]
    public void An_empty_name_is_seen(string source, string name) =>
        string.Join(' ', EmptyNames(source)).ShouldBe(name);

    [Theory]
    [InlineData("await Task.Delay(10);", 1)]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1), token);", 1)]
    [InlineData("System.Threading.Thread.Sleep(5);", 1)]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1), time);", 0)]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1), clock, token);", 0)]
    [InlineData("await Task.Delay(Timeout.InfiniteTimeSpan, token);", 0)]
    [InlineData("// Real time: the kernel's own timer is what is tested.\nawait Task.Delay(10);", 0)]
    public void A_wait_for_time_to_pass_is_seen(string source, int count) => Waits(source).Count().ShouldBe(count);

    private static bool IsTooLong(string text) =>
        text.Split('\n').Length > LongestFile && !text.Contains($"\n{LongFileMark}", StringComparison.Ordinal);

    private static IEnumerable<string> EmptyNames(string source) =>
        CSharp
            .Parse(source)
            .GetRoot()
            .DescendantNodes()
            .OfType<BaseTypeDeclarationSyntax>()
            .Select(type => type.Identifier.Text)
            .Where(name => EmptyEnding().IsMatch(name));

    private static IEnumerable<string> Waits(string source) =>
        from call in CSharp.Parse(source).GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>()
        where Sleep().IsMatch(call.Expression.ToString())
        where !call.ArgumentList.ToString().Contains("Timeout.Infinite", StringComparison.Ordinal)
        where !call.ArgumentList.Arguments.Skip(1).Any(argument => Clock().IsMatch(argument.ToString()))
        where !HasReason(call)
        select call.ToString();

    private static bool HasReason(InvocationExpressionSyntax call) =>
        call.FirstAncestorOrSelf<StatementSyntax>() is { } statement
        && statement.GetLeadingTrivia().ToString().Contains(RealTimeMark, StringComparison.Ordinal);

    private static string? ExpectedPlace(string test, Dictionary<string, string> sources)
    {
        string name = Path.GetFileNameWithoutExtension(test);
        return
            sources.TryGetValue(name[..^"Tests".Length], out string? source)
            && source.Split('/') is ["src", var project, .. var rest]
            ? string.Join('/', ["tests", $"{project}.Tests", .. rest[..^1], $"{name}.cs"])
            : null;
    }

    [GeneratedRegex("(Manager|Helper|Helpers|Utils|Util|Utilities|Base)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EmptyEnding();

    [GeneratedRegex(@"(^|\.)(Thread\.Sleep|Task\.Delay)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sleep();

    [GeneratedRegex("time|clock", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Clock();
}
