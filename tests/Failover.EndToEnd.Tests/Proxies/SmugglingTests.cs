using System.Text;

namespace Failover;

/// <summary>A reset that hides in another request. The proxies let GET pass and nothing else, so a reset that is fired is one
/// that the proxy did not see: proxy and server then disagree on where a request ends.</summary>
public sealed class SmugglingTests : IAsyncLifetime
{
    private readonly string passwords = Path.GetTempFileName();
    private readonly Target target = new();
    private HealthCheckServer failover = null!;

    private static readonly string Credentials =
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("alice:secret"))}";

    private static readonly string Hidden =
        $"POST /mail HTTP/1.1\r\nHost: localhost\r\n{Credentials}\r\nContent-Length: 0\r\n\r\n";

    private static readonly int Length = Hidden.Length;

    public async ValueTask InitializeAsync()
    {
        await Htpasswd.RunAsync("-cbB", "-C", "4", passwords, "alice", "secret");
        Oneshot button = new(auth: new HtpasswdFile(passwords));
        failover = new HealthCheckServer(port: 0, host: "127.0.0.1") { Output = TextWriter.Null };
        failover.AddComponent(
            "mail",
            new Toggle(toFail: new TcpCheck("127.0.0.1", target.Port), toOk: button),
            onPost: button.Fire
        );
        await failover.StartAsync(TestContext.Current.CancellationToken);
        (await StateAsync()).ShouldBe("FAIL");
        target.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await failover.DisposeAsync();
        target.Dispose();
        File.Delete(passwords);
    }

    /// <summary>The rest of a GET after its Host header.</summary>
    private static IEnumerable<string> Corpus =>
        [
            // Not hidden at all: shows that what gets past the proxy would be seen here.
            $"\r\n{Hidden}",
            $"Content-Length: {Length}\r\n\r\n{Hidden}",
            $"Content-Length: {Length}\r\nContent-Length: 0\r\n\r\n{Hidden}",
            $"Content-Length: 0\r\nContent-Length: {Length}\r\n\r\n{Hidden}",
            $"Content-Length: 0, {Length}\r\n\r\n{Hidden}",
            $"Content-Length: +{Length}\r\n\r\n{Hidden}",
            $"Content-Length: 0x{Length:x}\r\n\r\n{Hidden}",
            $"Content-Length : {Length}\r\n\r\n{Hidden}",
            $"Content-Length:\r\n {Length}\r\n\r\n{Hidden}",
            $"Connection: Content-Length\r\nContent-Length: {Length}\r\n\r\n{Hidden}",
            $"Expect: 100-continue\r\nContent-Length: {Length}\r\n\r\n{Hidden}",
            $"Content-Length: {Length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Transfer-Encoding: chunked\r\nContent-Length: {Length + 5}\r\n\r\n0\r\n\r\n{Hidden}",
            $"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n{Length:x}\r\n{Hidden}\r\n0\r\n\r\n",
            $"Content-Length: {Length + 5}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Content-Length: {Length + 5}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Content-Length: {Length + 5}\r\nTransfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Content-Length: {Length + 5}\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Content-Length: {Length + 5}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n{Hidden}",
            $"Content-Length: {Length + 5}\r\nX: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Content-Length: {Length + 5}\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Transfer-Encoding: chunked\r\n\r\n{Length:x};x\n\r\n{Hidden}\r\n0\r\n\r\n",
            $"Transfer-Encoding: chunked\r\n\r\n1{0:x16}\r\n{Hidden}\r\n0\r\n\r\n",
            $"Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n{Hidden}\r\n\r\n",
        ];

    [Fact]
    public async Task What_hides_in_a_request_through_HAProxy_fires_nothing()
    {
        await using Proxy haproxy = await Haproxy.StartAsync(
            frontend: "http-request deny deny_status 403 unless METH_GET",
            backend: $"""
            http-reuse always
                server failover 127.0.0.1:{failover.Port}
            """
        );

        await NothingIsFiredThroughAsync(haproxy);
    }

    [Fact]
    public async Task What_hides_in_a_request_through_nginx_fires_nothing()
    {
        await using Proxy nginx = await Nginx.StartAsync(failover.Port, "limit_except GET { deny all; }");

        await NothingIsFiredThroughAsync(nginx);
    }

    private async Task NothingIsFiredThroughAsync(Proxy proxy)
    {
        (await proxy.SendAsync(Hidden)).ShouldContain(" 403 ", customMessage: "the proxy lets no POST pass");
        foreach (string rest in Corpus)
        {
            await proxy.SendAsync($"GET /mail HTTP/1.1\r\nHost: localhost\r\n{rest}");

            // Whatever is left over in a connection to the server would come before these.
            for (int i = 0; i < 3; i++)
            {
                (await proxy.GetAsync("/mail")).ShouldBe("503 FAIL", rest);
            }

            (await StateAsync()).ShouldBe("FAIL", rest);
        }

        (await RawConnection.AskAsync(failover.Port, Hidden)).Body.ShouldBe("Armed", "what hid would have been fired");
        (await StateAsync()).ShouldBe("OK");
    }

    private async Task<string> StateAsync() => (await RawConnection.GetAsync(failover.Port, "/mail")).Body;
}
