using Microsoft.Extensions.Primitives;

namespace Failover;

public sealed class CrossSiteGateTests
{
    // "-" stands for a missing header, "|" parts two headers of one name.
    [Theory]
    // Sec-Fetch-Site decides wherever it is present.
    [InlineData("same-origin", "-", false, true)]
    [InlineData("same-origin", "https://evil.example", true, true)]
    [InlineData("same-origin", "null", false, true)]
    [InlineData("none", "-", false, false)]
    [InlineData("none", "http://up.example", false, false)]
    [InlineData("same-site", "http://up.example", false, false)]
    [InlineData("cross-site", "http://up.example", false, false)]
    [InlineData("Same-Origin", "http://up.example", false, false)]
    [InlineData("same-origin, same-origin", "-", false, false)]
    [InlineData("same-origin|same-origin", "-", false, false)]
    [InlineData("same-origin|cross-site", "-", false, false)]
    [InlineData("cross-site|same-origin", "-", false, false)]
    [InlineData("", "http://up.example", false, false)]
    [InlineData("junk", "http://up.example", false, false)]
    // Then Origin.
    [InlineData("-", "http://up.example", false, true)]
    [InlineData("-", "http://up.example", true, true)]
    [InlineData("-", "http://up.example:80", false, true)]
    [InlineData("-", "HTTP://UP.EXAMPLE", false, true)]
    [InlineData("-", "https://up.example", false, false)]
    [InlineData("-", "http://up.example:8080", false, false)]
    [InlineData("-", "http://up.example:080000", false, false)]
    [InlineData("-", "http://evil.example", false, false)]
    [InlineData("-", "http://up.example.evil.example", false, false)]
    [InlineData("-", "http://evil.example/up.example", false, false)]
    [InlineData("-", "http://up.example/", false, false)]
    [InlineData("-", "http://evil@up.example", false, false)]
    [InlineData("-", "http://up.example@evil.example", false, false)]
    [InlineData("-", "http://up.example#", false, false)]
    [InlineData("-", "up.example", false, false)]
    [InlineData("-", "//up.example", false, false)]
    [InlineData("-", "null", false, false)]
    [InlineData("-", "", false, false)]
    [InlineData("-", "http://", false, false)]
    [InlineData("-", "http://up.example http://up.example", false, false)]
    [InlineData("-", "http://up.example, http://up.example", false, false)]
    [InlineData("-", "http://up.example|http://up.example", false, false)]
    [InlineData("-", "http://up.example|http://evil.example", false, false)]
    // Neither: no cookie.
    [InlineData("-", "-", false, true)]
    [InlineData("-", "-", true, false)]
    public void Headers_decide(string secFetchSite, string origin, bool hasCookie, bool passes) =>
        Decide(secFetchSite, origin, "http", "up.example", hasCookie)
            .ShouldBe(passes ? CrossSiteDecision.Pass : CrossSiteDecision.CrossSite);

    [Theory]
    [InlineData("http", "up.example:8080", "http://up.example:8080", true)]
    [InlineData("http", "up.example:8080", "http://up.example", false)]
    [InlineData("http", "up.example:80", "http://up.example", true)]
    [InlineData("http", "UP.example", "http://up.example", true)]
    [InlineData("https", "up.example", "https://up.example", true)]
    [InlineData("https", "up.example:443", "https://up.example", true)]
    [InlineData("https", "up.example", "http://up.example", false)]
    [InlineData("https", "up.example:80", "https://up.example", false)]
    [InlineData("http", "192.0.2.1:8080", "http://192.0.2.1:8080", true)]
    [InlineData("http", "192.0.2.1", "http://192.0.2.2", false)]
    [InlineData("http", "[::1]:8080", "http://[::1]:8080", true)]
    [InlineData("http", "[::1]", "http://[::1]:80", true)]
    [InlineData("http", "[::1]", "http://[::1]:8080", false)]
    [InlineData("http", "[::1]", "http://[::2]", false)]
    [InlineData("http", "::1", "http://::1", false)]
    [InlineData("http", "[]", "http://[]", false)]
    [InlineData("http", "", "http://", false)]
    [InlineData("http", null, "http://up.example", false)]
    [InlineData("http", "a b", "http://a b", false)]
    [InlineData("http", "up.example:99999", "http://up.example:99999", false)]
    [InlineData("http", "up.example:-1", "http://up.example:-1", false)]
    [InlineData("ftp", "up.example", "ftp://up.example", false)]
    public void An_origin_is_ours_when_scheme_host_and_port_are(
        string scheme,
        string? host,
        string origin,
        bool passes
    ) =>
        Decide("-", origin, scheme, host, hasCookie: false)
            .ShouldBe(passes ? CrossSiteDecision.Pass : CrossSiteDecision.CrossSite);

    private static CrossSiteDecision Decide(
        string secFetchSite,
        string origin,
        string scheme,
        string? host,
        bool hasCookie
    ) => CrossSiteGate.Decide(Values(secFetchSite), Values(origin), scheme, host, hasCookie);

    private static StringValues Values(string text) => text is "-" ? default : new(text.Split('|'));
}
