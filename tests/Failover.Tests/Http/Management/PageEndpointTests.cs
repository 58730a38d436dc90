using System.Text.RegularExpressions;

namespace Failover;

public sealed partial class PageEndpointTests
{
    [Theory]
    [InlineData("", "text/html; charset=utf-8")]
    [InlineData("page/main.js", "text/javascript; charset=utf-8")]
    [InlineData("page/page.css", "text/css; charset=utf-8")]
    [InlineData("page/icon.svg", "image/svg+xml")]
    public async Task The_files_take_no_log_in_and_run_nothing_from_elsewhere(string path, string type)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        RawAnswer answer = await GetAsync(test, path);

        answer.Status.ShouldBe(200);
        answer["Content-Type"].ShouldBe(type);
        answer["X-Content-Type-Options"].ShouldBe("nosniff");
        answer["Cache-Control"].ShouldBe("no-cache");
        answer["Content-Security-Policy"]
            .ShouldBe(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
            );
    }

    [Fact]
    public async Task A_file_that_is_known_already_is_not_sent_again()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string tag = (await GetAsync(test, "page/main.js"))["ETag"]!;

        RawAnswer answer = await GetAsync(test, "page/main.js", $"If-None-Match: \"other\", {tag}\r\n");

        (answer.Status, answer.Body).ShouldBe((304, ""));
        (await GetAsync(test, "page/api.js", $"If-None-Match: {tag}\r\n")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("page/")]
    [InlineData("page/main.js/")]
    [InlineData("page/Main.js")]
    [InlineData("page/../main.js")]
    public async Task Another_file_is_not_there(string path)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        (await GetAsync(test, path)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Every_file_that_a_file_names_is_there_and_nothing_is_inline()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string shell = (await GetAsync(test, "")).Body;
        shell.ShouldNotContain("style=");
        shell.ShouldNotContain("onclick");

        Queue<string> unread = new(InShell().Matches(shell).Select(match => match.Groups["file"].Value));
        HashSet<string> read = [];
        while (unread.TryDequeue(out string? path))
        {
            if (!read.Add(path))
            {
                continue;
            }

            RawAnswer answer = await GetAsync(test, path);
            answer.Status.ShouldBe(200, path);
            foreach (
                string markup in (string[])["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
            )
            {
                answer.Body.ShouldNotContain(markup, Case.Sensitive, path);
            }

            foreach (Match match in InModule().Matches(answer.Body))
            {
                unread.Enqueue($"page/{match.Groups["file"].Value}");
            }
        }

        read.Count.ShouldBeGreaterThan(10);
    }

    private static Task<RawAnswer> GetAsync(ManagementUnderTest test, string path, string headers = "") =>
        RawConnection.AskAsync(test.Port, $"GET /-/{path} HTTP/1.1\r\nHost: localhost:{test.Port}\r\n{headers}\r\n");

    [GeneratedRegex(
        "(?:src|href)=\"(?<file>page/[^\"]+)\"",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex InShell();

    [GeneratedRegex("from \"\\./(?<file>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InModule();
}
