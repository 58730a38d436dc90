using System.Text.RegularExpressions;

namespace Failover;

/// <summary>Phrases that have a term in this field are not used: a reader searches for the term.</summary>
public sealed class EnglishTests
{
    private static readonly (string Phrase, string Term)[] Refused =
    [
        (
            @"\bthe look\b(?! at)|\bnot looked yet\b|looks? at the world|\ba look\b(?! at)|\blooks? in a row|\b(good|bad) looks?\b",
            "probe, check"
        ),
        (@"\bcount anew\b|\bstart(s|ed|ing)? afresh\b|\bafresh\b", "reset, restart"),
        (@"\bwhat lasts\b|\bIsLasting\b|\bLasting\b|\bStoreWhatIsSo\b|\bwhat is so\b", "persist, durable"),
        (@"\bunder way\b|\bunderway\b|\bwhat waits\b", "pending, in flight"),
        (@"\bpatience\b", "timeout"),
        (@"\bdriven\b(?<!event-driven)|\bIsDriven\b", "background"),
        (@"\bwill hurt\b", "has warnings"),
        (@"\bthat there (is|are) not\b", "unknown component \"x\""),
        (@"\bwas served goes on\b|\bis not taken, what\b", "reload rejected; keeping the running configuration"),
        (@"\bdescribed as before goes on\b", "unchanged components keep their state"),
        (@"\bJudgeAbove\b", "ReevaluateAncestors"),
        (@"\bHandOver(Async)?\b", "Enqueue"),
        (@"\bsomebody\b", "a user, another process"),
        (@"\b(is|are|was|were) told\b|\btold of\b|\btold apart\b", "reported, distinguished"),
        (@"\bgo(es)? on (from|with)\b", "continue from"),
        (@"\bin so many words\b", "explicitly"),
        (@"\b(harms?|delays?|holds? up|hangs) nobody\b|\bnobody knows\b", "has no effect on others, unknown"),
        (@"\brun of evidence\b|\bruns of evidence\b", "streak"),
    ];

    // CHANGELOG and docs/decisions name what was before a change.
    private static IEnumerable<string> Texts =>
        [
            .. Repository.Files("src", "*.cs"),
            .. Repository.Files("examples", "*"),
            .. Repository.Files("packaging", "*"),
            .. Repository
                .Files("docs", "*.md")
                .Where(file => !file.StartsWith("docs/decisions/", StringComparison.Ordinal)),
            .. Repository.Files("docs", "*.json"),
            "README.md",
            "CONTRIBUTING.md",
        ];

    [Fact]
    public void Texts_use_the_terms_of_the_field() =>
        Texts.SelectMany(file => Faults(file, Repository.Read(file))).ShouldBeEmpty();

    [Theory]
    [InlineData("// A bad look starts the count anew.", "probe, check", "reset, restart")]
    [InlineData("// The requests under\n    // way.", "pending, in flight")]
    [InlineData("TimeSpan Patience", "timeout")]
    [InlineData("\"a component that there is not\"", "unknown component \"x\"")]
    [InlineData(
        "/// Describes the look. Somebody is told.",
        "probe, check",
        "a user, another process",
        "reported, distinguished"
    )]
    [InlineData("An event-driven server looks at the file and takes a look at it.")]
    public void Each_line_that_needs_a_term_is_found(string text, params string[] terms) =>
        Faults("a.cs", text).ShouldBe(terms.Select(term => $"a.cs:1: write: {term}"));

    private static IEnumerable<string> Faults(string file, string text) =>
        Refused
            .SelectMany(refused =>
                Regex
                    .Matches(
                        text,
                        Spaced(refused.Phrase),
                        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
                        TimeSpan.FromSeconds(10)
                    )
                    .Select(match => $"{file}:{text.AsSpan(0, match.Index).Count('\n') + 1}: write: {refused.Term}")
            )
            .Distinct();

    // A phrase may be broken over two lines of a comment or of a text.
    private static string Spaced(string phrase) => phrase.Replace(" ", @"(?:\s|//+)+", StringComparison.Ordinal);
}
