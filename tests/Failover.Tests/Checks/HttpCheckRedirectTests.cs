using System.Text;

namespace Failover;

public sealed class HttpCheckRedirectTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_redirect_is_an_answer_unless_it_is_to_be_followed()
    {
        await using FaultServer last = FaultServer.Answering("HTTP/1.1 200 OK\r\n\r\nready");
        await using FaultServer first = FaultServer.Answering($"HTTP/1.1 301 Moved\r\nLocation: {last.Url}\r\n\r\n");

        (await ProbeAsync(new HttpCheck(first.Url))).Reason.ShouldStartWith("status 301 in ");
        (await ProbeAsync(new HttpCheck(first.Url, followRedirects: true, bodyContains: "ready"))).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task Another_server_gets_neither_the_authorization_nor_the_headers()
    {
        TaskCompletionSource<string> sent = new();
        await using FaultServer last = new(
            async (stream, cancel) =>
            {
                sent.TrySetResult(await FaultServer.ReadHeadAsync(stream, cancel));
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancel);
            }
        );
        await using FaultServer first = FaultServer.Answering($"HTTP/1.1 302 Found\r\nLocation: {last.Url}x\r\n\r\n");
        HttpCheck check = new(
            first.Url,
            "POST",
            new Dictionary<string, string> { ["X-Key"] = "secret" },
            "body",
            followRedirects: true,
            authorization: "Bearer secret"
        );

        (await ProbeAsync(check)).State.ShouldBe(Ok);

        string request = await sent.Task;
        request.ShouldStartWith("GET /x HTTP/1.1\r\n");
        request.ShouldNotContain("secret");
        request.ShouldNotContain("Content-Length");
    }

    [Theory]
    [InlineData("/again", "redirected more than 10 times")]
    [InlineData("ftp://example.net/", "redirected to \"ftp://example.net/\", which is not followed")]
    [InlineData("http://user:pw@127.0.0.1/", "redirected to \"http://user:pw@127.0.0.1/\", which is not followed")]
    public async Task Redirects_end(string location, string reason)
    {
        await using FaultServer server = FaultServer.Answering($"HTTP/1.1 307 x\r\nLocation: {location}\r\n\r\n");

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, followRedirects: true));

        (seen.State, seen.Reason).ShouldBe((Fail, reason));
    }

    [Theory]
    [InlineData(IpFamily.Ipv4, "http://[::1]:1/", "which is no IPv4 address")]
    [InlineData(IpFamily.Ipv4, "//[::1]:1/", "which is no IPv4 address")]
    [InlineData(IpFamily.Ipv6, "http://127.0.0.1:1/", "which is no IPv6 address")]
    public async Task A_redirect_to_an_address_of_another_family_is_a_fail(
        IpFamily family,
        string location,
        string reason
    )
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "web.sock");
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 301 x\r\nLocation: {location}\r\n\r\n"),
                    cancel
                );
                FaultServer.Close(stream);
            },
            path
        );
        HttpCheck check = new("http://web.test/", followRedirects: true, connectTo: $"unix:{path}", family: family);

        Observation seen = await ProbeAsync(check);

        (seen.State, seen.Reason).ShouldBe((Fail, $"redirected to \"{location}\", {reason}"));
    }

    private static async Task<Observation> ProbeAsync(HttpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
