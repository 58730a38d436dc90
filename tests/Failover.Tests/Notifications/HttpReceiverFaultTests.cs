using System.Text;

namespace Failover;

/// <summary>Web servers that do not take messages as they should: the same for every receiver that is told by HTTP.</summary>
public sealed class HttpReceiverFaultTests
{
    [Fact]
    public async Task A_redirect_is_not_followed_wherever_it_leads()
    {
        await using FaultServer inside = FaultServer.Answering(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
        await using FaultServer server = FaultServer.Answering(
            $"HTTP/1.1 307 Temporary Redirect\r\nLocation: {inside.Url}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );

        SendResult result = await new Webhook(server.Url).SendAsync(ToldOf.Failure());

        result.ShouldBe(new("status 307: redirects are not followed"));
        inside.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A_body_without_end_is_read_no_further_than_it_is_shown()
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), cancel);
                byte[] much = Encoding.ASCII.GetBytes(new string('x', 100_000));
                while (true)
                {
                    await stream.WriteAsync(much, cancel);
                }
            }
        );

        SendResult result = await new Webhook(server.Url).SendAsync(ToldOf.Failure());

        result.Problem.ShouldBeNull();
        result.Answer.ShouldBe($"status 200: {new string('x', 120)}…");
    }

    [Fact]
    public async Task A_server_that_hangs_is_left_at_the_timeout()
    {
        await using FaultServer server = new((stream, cancel) => FaultServer.ReadHeadAsync(stream, cancel));

        // Real time: that of a socket.
        (await new Webhook(server.Url, timeout: Second(0.2)).SendAsync(ToldOf.Failure())).ShouldBe(
            new("no answer in time")
        );
    }

    [Fact]
    public async Task An_answer_whose_body_hangs_is_what_its_status_says()
    {
        await using FaultServer server = FaultServer.Answering(
            "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 10\r\nRetry-After: 90\r\n\r\nlater"
        );

        (await new Webhook(server.Url).SendAsync(ToldOf.Failure())).RetryAfter.ShouldBe(Second(90));
    }

    [Theory]
    [InlineData("500 No", "status 500", false)]
    [InlineData("401 No", "status 401", false)]
    [InlineData("404 No", "status 404", false)]
    [InlineData("400 No", "status 400", true)]
    [InlineData("413 No", "status 413", true)]
    [InlineData("422 No", "status 422", true)]
    public async Task What_is_of_the_message_holds_up_no_other_and_all_else_holds_up_all(
        string status,
        string problem,
        bool isOfMessage
    )
    {
        await using FaultServer server = FaultServer.Answering(
            $"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );

        (await new Webhook(server.Url).SendAsync(ToldOf.Failure())).ShouldBe(new(problem, isOfMessage));
    }

    [Fact]
    public async Task What_a_server_answers_is_shown_in_one_line_and_without_secrets()
    {
        await using FaultServer server = FaultServer.Answering(
            "HTTP/1.1 500 No\r\nConnection: close\r\nContent-Length: 21\r\n\r\nno hunter2\n\u001b[31m here"
        );

        (await new Webhook(server.Url).SendAsync(ToldOf.Failure())).Problem.ShouldBe(
            "status 500: no ***\\u000a\\u001b[31m here"
        );
    }

    [Fact]
    public async Task A_server_that_speaks_something_else_is_a_failed_attempt()
    {
        await using FaultServer server = new(
            async (stream, cancel) => await stream.WriteAsync("220 mx ESMTP\r\n"u8.ToArray(), cancel)
        );

        (await new Webhook(server.Url).SendAsync(ToldOf.Failure())).Problem.ShouldNotBeNull();
    }

    [Fact]
    public async Task Nobody_who_listens_is_a_failed_attempt() =>
        (await new Webhook("http://127.0.0.1:1/").SendAsync(ToldOf.Failure())).ShouldBe(new("refused: 127.0.0.1:1"));

    [Fact]
    public async Task Roots_of_a_file_are_trusted_with_the_issuers_that_the_server_sends_and_no_others_are()
    {
        using TestAuthority authority = new();
        using TestAuthority other = new();
        using TemporaryFolder folder = new();
        await using FaultServer server = OverTls(authority.Issue("hook"));
        string url = $"https://{server.Authority}/";

        (
            await new Webhook(url, ca: folder.Write("ca.pem", authority.RootPem)).SendAsync(ToldOf.Failure())
        ).Problem.ShouldBeNull();
        (
            await new Webhook(url, ca: folder.Write("other.pem", other.RootPem)).SendAsync(ToldOf.Failure())
        ).Problem!.ShouldContain("certificate");
        (await new Webhook(url).SendAsync(ToldOf.Failure())).Problem!.ShouldContain("certificate");
    }

    [Fact]
    public async Task A_certificate_for_another_host_or_of_another_time_is_not_trusted()
    {
        using TestAuthority authority = new();
        using TemporaryFolder folder = new();
        string ca = folder.Write("ca.pem", authority.RootPem);
        await using FaultServer elsewhere = OverTls(authority.Issue("hook", host: "elsewhere.example"));
        await using FaultServer expired = OverTls(authority.Issue("hook", TimeProvider.System.GetUtcNow().AddDays(-1)));

        foreach (FaultServer server in new[] { elsewhere, expired })
        {
            (
                await new Webhook($"https://{server.Authority}/", ca: ca).SendAsync(ToldOf.Failure())
            ).Problem!.ShouldContain("certificate");
        }
    }

    private static FaultServer OverTls((string Certificate, string Key) identity) =>
        new(
            FaultServer.OverTls(
                identity,
                async (stream, cancel) =>
                {
                    await FaultServer.ReadHeadAsync(stream, cancel);
                    await stream.WriteAsync(
                        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
                        cancel
                    );
                }
            )
        );
}
