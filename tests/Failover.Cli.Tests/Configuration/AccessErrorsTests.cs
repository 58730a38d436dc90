namespace Failover;

/// <summary>A management address that whoever is elsewhere may view: an error for <c>check</c>, a warning for <c>run</c>.</summary>
public sealed class AccessErrorsTests : IDisposable
{
    private readonly CommandUnderTest command = new();

    public void Dispose() => command.Dispose();

    [Theory]
    [InlineData("check")]
    [InlineData("check --offline")]
    [InlineData("check --strict")]
    public async Task Check_refuses_it_with_its_place(string words)
    {
        command.Write("listen: 127.0.0.1:0\nmanagement: 0.0.0.0:0\nstate: memory\ncomponents: {}");

        (await command.RunAsync([.. words.Split(' '), command.File])).ShouldBe(78);

        command.Error.ShouldBe(
            "failover.yaml:2:13: management is http://0.0.0.0:0, where whoever connects may view, for access has no view\n"
                + "  accepted: an address on loopback, unix:/PATH, or view under access\n"
        );
    }

    [Theory]
    [InlineData("management: 127.0.0.1:0")]
    [InlineData("management: \"[::1]:0\"")]
    [InlineData("management: off")]
    [InlineData("management: unix:/run/failover/management.sock")]
    public async Task Check_lets_the_others_pass(string management)
    {
        command.Write($"listen: 127.0.0.1:0\n{management}\nstate: memory\ncomponents: {{}}");

        (await command.RunAsync("check", "--offline", command.File)).ShouldBe(0, command.Error);
    }
}
