namespace Failover;

/// <summary>Where to listen, as people write it and read it.</summary>
public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("8080", "http://*:8080")]
    [InlineData("0", "http://*:0")]
    [InlineData("65535", "http://*:65535")]
    [InlineData("*:8080", "http://*:8080")]
    [InlineData("127.0.0.1:9000", "http://127.0.0.1:9000")]
    [InlineData("localhost:9000", "http://localhost:9000")]
    [InlineData("health.example.net:80", "http://health.example.net:80")]
    [InlineData("[::1]:8080", "http://[::1]:8080")]
    [InlineData("[fe80::1%2]:8080", "http://[fe80::1%2]:8080")]
    [InlineData("http://8080", "http://*:8080")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("HTTPS://127.0.0.1:8443/", "https://127.0.0.1:8443")]
    [InlineData("https://*:8443", "https://*:8443")]
    [InlineData("https://[::]:8443", "https://[::]:8443")]
    [InlineData("unix:/run/failover/failover.sock", "unix:/run/failover/failover.sock")]
    [InlineData("unix:/run/a b:80", "unix:/run/a b:80")]
    [InlineData("https://unix:/run/failover.sock", "https://unix:/run/failover.sock")]
    public void What_is_accepted_reads_the_same_again(string text, string shown)
    {
        ListenAddress address = ListenAddress.Parse(text).ShouldNotBeNull();

        address.ToString().ShouldBe(shown);
        ListenAddress.Parse(shown).ShouldBe(address);
        ListenAddress.Parse(shown, isTlsUnlessSaid: true)!.SocketPath.ShouldBe(address.SocketPath);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":8080")]
    [InlineData("-1")]
    [InlineData("+80")]
    [InlineData(" 80")]
    [InlineData("80 ")]
    [InlineData("65536")]
    [InlineData("8e3")]
    [InlineData("٨٠")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData("localhost:http")]
    [InlineData("a b:80")]
    [InlineData("::1:8080")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("[localhost]:80")]
    [InlineData("[::ffff:127.0.0.1]:80")]
    [InlineData("[::ffff:0.0.0.0]:80")]
    [InlineData("[]:80")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:80/path")]
    [InlineData("http://user@localhost:80")]
    [InlineData("ftp://localhost:21")]
    [InlineData("unix:")]
    [InlineData("unix:/")]
    [InlineData("unix:failover.sock")]
    [InlineData("unix:/run/a\0b")]
    public void What_is_no_address_is_refused(string text) => ListenAddress.Parse(text).ShouldBeNull();

    [Theory]
    [InlineData("8080", true)]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("http://8080", false)]
    [InlineData("https://8080", true)]
    [InlineData("unix:/run/s", false)]
    [InlineData("https://unix:/run/s", true)]
    public void With_a_certificate_an_address_without_a_scheme_speaks_HTTPS(string text, bool isTls) =>
        ListenAddress.Parse(text, isTlsUnlessSaid: true)!.IsTls.ShouldBe(isTls);
}
