namespace Failover;

public sealed class HttpCheckArgumentTests
{
    [Theory]
    [InlineData("web.example/healthz")]
    [InlineData("ftp://web.example/")]
    [InlineData("http://")]
    [InlineData("http://web example/")]
    [InlineData("http://web.example:0/")]
    [InlineData("http://web.example:65536/")]
    [InlineData("http://monitor:secret@web.example/")]
    [InlineData("http://web.example/#there")]
    [InlineData("http://web.example/\r\nHost: other")]
    [InlineData("http://[::1/")]
    public void A_wrong_URL_is_refused_by_name(string url)
    {
        ArgumentException refused = Should.Throw<ArgumentException>(() => new HttpCheck(url));

        refused.ParamName.ShouldBe("url");
        refused.Message.ShouldContain("accepted: a URL that begins with http:// or https://");
    }

    [Theory]
    [InlineData("http://web.example", "GET / HTTP/1.1", "web.example")]
    [InlineData("HTTPS://web.example:443/a?b", "GET /a?b HTTP/1.1", "web.example")]
    [InlineData("http://web.example:8080/", "GET / HTTP/1.1", "web.example:8080")]
    [InlineData("http://[::1]:8080/", "GET / HTTP/1.1", "[::1]:8080")]
    [InlineData("http://bücher.example/ä", "GET /%C3%A4 HTTP/1.1", "xn--bcher-kva.example")]
    public void A_URL_says_what_is_asked_of_whom(string url, string line, string host)
    {
        HttpCheck check = new(url);

        string[] request = System
            .Text.Encoding.UTF8.GetString(new HttpRequest(new(check.Url), check.Method, [], null, null).ToBytes())
            .Split("\r\n");
        request[..2].ShouldBe([line, $"Host: {host}"]);
    }

    public static TheoryData<string, Action> Wrong =>
        new()
        {
            { "method", () => _ = new HttpCheck("http://a/", method: "get") },
            { "method", () => _ = new HttpCheck("http://a/", method: "CONNECT") },
            { "headers", () => _ = new HttpCheck("http://a/", headers: Map("Content-Length", "1")) },
            { "headers", () => _ = new HttpCheck("http://a/", headers: Map("A: b", "1")) },
            { "headers", () => _ = new HttpCheck("http://a/", headers: Map("A", "1\r\nB: 2")) },
            { "status", () => _ = new HttpCheck("http://a/", status: []) },
            { "status", () => _ = new HttpCheck("http://a/", status: [99]) },
            { "status", () => _ = new HttpCheck("http://a/", status: ["300-200"]) },
            { "status", () => _ = new HttpCheck("http://a/", status: ["2xx"]) },
            { "bodyMatches", () => _ = new HttpCheck("http://a/", bodyMatches: "(") },
            { "bodyMatches", () => _ = new HttpCheck("http://a/", bodyMatches: @"(a)\1") },
            { "bodyMatches", () => _ = new HttpCheck("http://a/", bodyMatches: "((a{1000}){1000}){1000}") },
            { "jsonEquals", () => _ = new HttpCheck("http://a/", jsonEquals: Map("status", "UP")) },
            { "headerMatches", () => _ = new HttpCheck("http://a/", headerMatches: Map("A", "[")) },
            { "protocol", () => _ = new HttpCheck("http://a/", protocol: (HttpProtocol)7) },
            { "authorization", () => _ = new HttpCheck("http://a/", authorization: "Basic nocolon") },
            { "authorization", () => _ = new HttpCheck("http://a/", authorization: "Bearer a\nb") },
            { "connectTo", () => _ = new HttpCheck("http://a/", connectTo: "a:b:c") },
            { "connectTo", () => _ = new HttpCheck("http://a/", connectTo: "unix:web.sock") },
            { "family", () => _ = new HttpCheck("http://[::1]/", family: IpFamily.Ipv4) },
            { "ca", () => _ = new HttpCheck("http://a/", ca: " ") },
            { "clientKey", () => _ = new HttpCheck("http://a/", clientKey: "key.pem") },
            { "latency", () => _ = new HttpCheck("http://a/", latency: Second(0)) },
            { "timeout", () => _ = new HttpCheck("http://a/", timeout: Day(31)) },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_argument_is_refused_by_name(string name, Action make)
    {
        ArgumentException refused = Should.Throw<ArgumentException>(make);

        refused.ParamName.ShouldBe(name);
        refused.Message.ShouldContain("; accepted: ");
    }

    [Fact]
    public void An_authorization_is_repeated_by_no_message() =>
        Should
            .Throw<ArgumentException>(() => new HttpCheck("http://a/", authorization: "mysecret"))
            .Message.ShouldNotContain("mysecret");

    [Theory]
    [InlineData("web.example", "web.example", null, null)]
    [InlineData("192.0.2.1:81", "192.0.2.1", 81, null)]
    [InlineData("::1", "::1", null, null)]
    [InlineData("[::1]", "::1", null, null)]
    [InlineData("[::1]:81", "::1", 81, null)]
    [InlineData("unix:/run/web.sock", null, null, "/run/web.sock")]
    public void A_place_to_connect_to_is_read(string text, string? host, int? port, string? socket) =>
        ConnectTarget.Parse(text).ShouldBe(new(host, port is { } number ? (Port)number : default(Port?), socket));

    [Fact]
    public void Two_that_describe_the_same_are_equal()
    {
        HttpCheck Describe(string pattern) =>
            new("http://a/", headers: Map("A", "b"), status: [200], bodyMatches: pattern, headerMatches: Map("C", "d"));

        Describe("x").ShouldBe(Describe("x"));
        Describe("x").ShouldNotBe(Describe("y"));
        Describe("x").FullText.ShouldStartWith("http(url: http://a/, method: GET, headers: {A: b}, status: [200], ");
    }

    [Fact]
    public void The_summary_is_the_request() =>
        new[] { new HttpCheck("http://a/b"), new HttpCheck("http://a/b", "HEAD") }
            .Select(check => check.ToString())
            .ShouldBe(["http http://a/b", "http HEAD http://a/b"]);

    private static Dictionary<string, string> Map(string name, string value) => new() { [name] = value };
}
