namespace Failover;

public sealed class AccessAdviceTests
{
    private const string Elsewhere =
        "management is http://0.0.0.0:8081, where whoever connects may view, for access has no view";
    private const string Long = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("management: 127.0.0.1:8081")]
    [InlineData("management: localhost:8081")]
    [InlineData("management: \"[::1]:8081\"")]
    [InlineData("management: unix:/run/failover.sock")]
    [InlineData("management: off")]
    [InlineData("access: {view: users}")]
    [InlineData("management: \"https://0.0.0.0:8081\"\ntls: {certificate: a, key: b}\naccess: {view: users}")]
    [InlineData($"access: {{view: users, tokens: {{ci: {{secret: {Long}, role: view}}}}}}")]
    [InlineData($"access: {{tokens: {{ci: {{secret: {Long}, role: operate}}}}}}")]
    [InlineData("access: {view: users, user_header: Remote-User}\ntrusted_proxies: 127.0.0.1")]
    public void What_is_no_risk_is_left_alone(string file) => Advised(file).ShouldBeEmpty();

    [Theory]
    [InlineData(
        "management: 0.0.0.0:8081",
        $"1:13: {Elsewhere}\n  better: an address on loopback, unix:/PATH, or view under access"
    )]
    [InlineData(
        "management: 0.0.0.0:8081\naccess: {view: users}",
        "1:13: passwords and tokens of access go over http://0.0.0.0:8081 for everybody on the way to read\n"
            + "  better: https:// and tls, or an address on loopback behind something that speaks HTTPS"
    )]
    [InlineData(
        "access: {view: users, tokens: {ci: {secret: 0123456789abcdef012, role: view}}}",
        " the secret of token \"ci\" has less than 20 characters, and may be guessed\n  better: openssl rand -hex 24"
    )]
    [InlineData(
        $"access: {{tokens: {{ci: {{secret: {Long}, role: view}}}}}}",
        " token \"ci\" has the role view, but without view under access whoever connects may view\n  better: view: the path of an htpasswd file"
    )]
    [InlineData(
        "access: {view: users, user_header: Remote-User}",
        " user_header is \"Remote-User\", but nobody is trusted to say who has logged in\n  better: the proxy in trusted_proxies"
    )]
    public void A_risk_is_reported_with_a_remedy(string file, string advice) => Advised(file).ShouldBe([advice]);

    [Fact]
    public void A_password_file_that_others_may_read_is_to_be_closed()
    {
        using ConfigurationFolder folder = new();
        FailoverConfiguration read = folder
            .Write(ConfigurationFolder.Main, "access:\n  view: users\n  operate: users\ncomponents: {}")
            .ReadGood();

        Advice advice = ConfigurationAdvice.Of(read, _ => UnixFileMode.OtherRead).ShouldHaveSingleItem();

        advice.Position.Line.ShouldBe(2);
        advice.Better.ShouldBe($"chmod o-rwx {folder["users"]}");
    }

    private static string[] Advised(string file)
    {
        using ConfigurationFolder folder = new();
        FailoverConfiguration read = folder.Write(ConfigurationFolder.Main, $"{file}\ncomponents: {{}}").ReadGood();
        string path = folder[ConfigurationFolder.Main];
        return
        [
            .. AccessAdvice.Of(read).Select(advice => $"{advice}".Replace($"{path}:", "", StringComparison.Ordinal)),
        ];
    }
}
