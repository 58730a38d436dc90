namespace Failover;

public sealed class PortTests
{
    [Theory]
    [InlineData("smtp", 25)]
    [InlineData("mail", 25)]
    [InlineData("SMTP", 25)]
    [InlineData("25", 25)]
    [InlineData("1", 1)]
    [InlineData("65535", 65535)]
    public void A_name_an_alias_or_a_number_in_quotes_is_a_port(string given, int number)
    {
        Assert.SkipUnless(File.Exists("/etc/services"), "no /etc/services: Debian's package netbase has it");

        new TcpCheck("mail.example", port: given).Port.Number.ShouldBe(number);
    }

    [Theory]
    [InlineData("65536", 65536)]
    [InlineData("-1", -1)]
    [InlineData("0", 0)]
    public void A_number_in_quotes_has_the_same_bounds(string given, int shown) =>
        Should
            .Throw<ArgumentException>(() => new TcpCheck("mail.example", port: given))
            .Message.ShouldStartWith($"port is {shown}; accepted: a number from 1 to 65535");

    [Theory]
    [InlineData("")]
    [InlineData(" 25")]
    [InlineData("2 5")]
    [InlineData("0x19")]
    [InlineData("99999999999")]
    [InlineData("no-such-service")]
    public void Anything_else_is_refused(string given) =>
        Should
            .Throw<ArgumentException>(() => new TcpCheck("mail.example", port: given))
            .Message.ShouldStartWith($"port is \"{given}\"");

    [Fact]
    public void A_name_that_is_nearly_right_is_answered_with_the_right_one()
    {
        Assert.SkipUnless(File.Exists("/etc/services"), "no /etc/services: Debian's package netbase has it");

        ArgumentException refused = Should.Throw<ArgumentException>(() =>
            new TcpCheck("mail.example", 25, sourcePort: "smpt")
        );

        refused.ParamName.ShouldBe("sourcePort");
        refused.Message.ShouldStartWith(
            "sourcePort is \"smpt\" (not a tcp service in /etc/services); accepted: a number from 1 to 65535, or a tcp "
                + "service that /etc/services lists; did you mean \"smtp\"?"
        );
    }
}
