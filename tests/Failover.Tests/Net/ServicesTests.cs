namespace Failover;

public sealed class ServicesTests
{
    [Theory]
    [InlineData("smtp 25/tcp mail", "mail smtp")]
    [InlineData("smtp\t\t25/tcp\t\tmail  relay\t# Simple Mail Transfer", "mail relay smtp")]
    [InlineData("  smtp 25/TCP", "smtp")]
    [InlineData("smtp 25/tcp\r", "smtp")]
    [InlineData("smtp 25/udp mail", "")]
    [InlineData("smtp 25/sctp", "")]
    [InlineData("# smtp 25/tcp", "")]
    [InlineData("smtp#25/tcp", "")]
    [InlineData("smtp", "")]
    [InlineData("smtp 25", "")]
    [InlineData("smtp /tcp", "")]
    [InlineData("smtp 25/", "")]
    [InlineData("smtp 25/tcp/x", "")]
    [InlineData("smtp 0/tcp", "")]
    [InlineData("smtp 65536/tcp", "")]
    [InlineData("smtp -1/tcp", "")]
    [InlineData("smtp x/tcp", "")]
    [InlineData("", "")]
    [InlineData("\0\u0001 \u0002", "")]
    public void A_line_lists(string line, string names) =>
        string.Join(' ', Services.Parse([line]).Keys.Order(StringComparer.Ordinal)).ShouldBe(names);

    [Fact]
    public void The_first_line_for_a_name_counts()
    {
        var ports = Services.Parse(["a 1/udp", "a 2/tcp b", "b 3/tcp a c", "c 4/tcp"]);

        (ports["a"], ports["b"], ports["c"]).ShouldBe((2, 2, 3));
    }

    [Fact]
    public void A_changed_file_is_read_again()
    {
        string path = Path.GetTempFileName();
        try
        {
            Services services = new(path);
            services.Find("smtp").ShouldBeNull();
            File.WriteAllText(path, "smtp 25/tcp\n");
            services.Find("smtp").ShouldBe(25);
            File.WriteAllText(path, "smtp 2525/tcp\n");
            services.Find("smtp").ShouldBe(2525);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_is_missing_is_said_to_be()
    {
        Services services = new("/nonexistent/services");

        services.Find("smtp").ShouldBeNull();
        new PortOption("port", "the port")
            .RefuseName("smtp", services)
            .Message.ShouldStartWith(
                "port is \"smtp\" (/nonexistent/services cannot be read: it does not exist); accepted"
            );
    }
}
