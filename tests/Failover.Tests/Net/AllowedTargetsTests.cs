using System.Net;

namespace Failover;

public sealed class AllowedTargetsTests
{
    [Theory]
    // A name is that name, at that port.
    [InlineData("web.example.net:443", "web.example.net", 443, true)]
    [InlineData("web.example.net:443", "WEB.Example.NET.", 443, true)]
    [InlineData("web.example.net:443", "web.example.net", 80, false)]
    [InlineData("web.example.net:443", "x.web.example.net", 443, false)]
    [InlineData("web.example.net:*", "web.example.net", 1, true)]
    [InlineData("web.example.net:443", "web.example.net", null, true)]
    // A suffix is what is below it.
    [InlineData("*.example.net:443", "web.example.net", 443, true)]
    [InlineData("*.example.net:443", "a.web.Example.net.", 443, true)]
    [InlineData("*.example.net:443", "example.net", 443, false)]
    [InlineData("*.example.net:443", "badexample.net", 443, false)]
    [InlineData("*.example.net:443", ".example.net", 443, false)]
    [InlineData("*.example.net:443", "web.example.net.evil.test", 443, false)]
    // A network has no names.
    [InlineData("192.0.2.0/24:25", "192.0.2.7", 25, true)]
    [InlineData("192.0.2.0/24:25", "192.0.3.7", 25, false)]
    [InlineData("192.0.2.0/24:25", "web.example.net", 25, false)]
    [InlineData("192.0.2.7:25", "192.0.2.7", 25, true)]
    [InlineData("192.0.2.7:25", "::ffff:192.0.2.7", 25, true)]
    [InlineData("[2001:db8::/32]:25", "2001:db8::7", 25, true)]
    [InlineData("[2001:db8::/32]:25", "2001:db9::7", 25, false)]
    // What leads to this machine or its neighbours is listed itself, or not at all.
    [InlineData("0.0.0.0/0:*", "8.8.8.8", 53, true)]
    [InlineData("0.0.0.0/0:*", "127.0.0.1", 53, false)]
    [InlineData("0.0.0.0/0:*", "169.254.169.254", 80, false)]
    [InlineData("0.0.0.0/0:*", "0.0.0.0", 80, false)]
    [InlineData("0.0.0.0/0:*", "224.0.0.1", 80, false)]
    [InlineData("0.0.0.0/0:*", "255.255.255.255", 80, false)]
    [InlineData("[::/0]:*", "2001:db8::1", 80, true)]
    [InlineData("[::/0]:*", "::1", 80, false)]
    [InlineData("[::/0]:*", "::", 80, false)]
    [InlineData("[::/0]:*", "fe80::1", 80, false)]
    [InlineData("[::/0]:*", "fe80::1%1", 80, false)]
    [InlineData("[::/0]:*", "ff02::1", 80, false)]
    [InlineData("[::/0]:*", "64:ff9b::a9fe:a9fe", 80, false)]
    [InlineData("[::/0]:*", "2002:7f00:1::", 80, false)]
    [InlineData("[::/0]:*", "::127.0.0.1", 80, false)]
    [InlineData("[::/0]:*", "64:ff9b::808:808", 80, true)]
    [InlineData("127.0.0.0/8:*", "127.0.0.1", 80, true)]
    [InlineData("127.0.0.1:80", "127.0.0.1", 80, true)]
    [InlineData("127.0.0.1:80", "127.0.0.1", 81, false)]
    [InlineData("127.0.0.1:80", "127.0.0.1", null, true)]
    [InlineData("[fe80::/10]:*", "fe80::1%1", 80, true)]
    public void A_target_is_allowed_as_the_list_says(string entry, string host, int? port, bool isAllowed) =>
        (Of(entry).RefusalOf(host, port) is null).ShouldBe(isAllowed);

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("8.8.8.8", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("fe80::1", false)]
    public void A_name_leads_to_any_address_but_to_this_machine_and_its_neighbours(string address, bool isAllowed) =>
        (Of("*.example.net:80").RefusalOf(IPAddress.Parse(address), 80) is null).ShouldBe(isAllowed);

    [Fact]
    public void A_name_leads_to_this_machine_where_that_is_listed_beside_it()
    {
        AllowedTargets listed = Of("localhost:80", "127.0.0.0/8:80");

        listed.RefusalOf(IPAddress.Loopback, 80).ShouldBeNull();
        listed.RefusalOf(IPAddress.Loopback, 81).ShouldBe("127.0.0.1 is loopback, and is not in probes.targets itself");
        listed.RefusalOf("example.net", 80).ShouldBe("\"example.net:80\" is not in probes.targets");
    }

    [Theory]
    [InlineData("web.example.net")]
    [InlineData("web.example.net:")]
    [InlineData(":443")]
    [InlineData("*:443")]
    [InlineData("*.:443")]
    [InlineData("*.192.0.2.1:443")]
    [InlineData("a.*.example.net:443")]
    [InlineData("web.example.net:0")]
    [InlineData("web.example.net:65536")]
    [InlineData("http://web.example.net:443")]
    [InlineData("2001:db8::/32:443")]
    [InlineData("192.0.2.1/24:443")]
    [InlineData("192.0.2.0/33:443")]
    [InlineData("10.1:443")]
    [InlineData("0x7f000001:443")]
    [InlineData("")]
    public void Other_texts_are_no_entries(string text) => AllowedTarget.Parse(text).IsValue.ShouldBeFalse();

    private static AllowedTargets Of(params string[] entries) =>
        new([.. entries.Select(entry => (AllowedTarget)AllowedTarget.Parse(entry).Value!)]);
}
