namespace Failover;

public sealed class AccessBinderTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Left_out_whoever_connects_may_view_and_nobody_may_operate()
    {
        ManagementAccess access = Read("components: {}").Access;

        access.ShouldBe(ManagementAccess.Open);
        access.View.ShouldBeNull();
        access.Operate.ShouldBeNull();
        access.UserHeader.ShouldBeNull();
    }

    [Fact]
    public void All_of_it_is_read()
    {
        folder.Write("ci.token", "0123456789abcdef0123456789abcdef\n");
        FailoverConfiguration configuration = Read(
            """
            access:
              view: users
              operate: {htpasswd: operators}
              tokens:
                ci: {secret: "${file:ci.token}", role: view}
                deploy: {secret: fedcba9876543210, role: operate}
              hosts: [failover.example.org, ha]
              user_header: Remote-User
              x-note: ours
            components: {}
            """
        );

        ManagementAccess access = configuration.Access;
        access.View.ShouldBe(new HtpasswdFile(folder["users"]));
        access.Operate.ShouldBe(new HtpasswdFile(folder["operators"]));
        access
            .Tokens.Select(token => (token.Name, token.Role))
            .ShouldBe([("ci", ManagementRole.View), ("deploy", ManagementRole.Operate)]);
        access.Tokens[0].Matches("0123456789abcdef0123456789abcdef").ShouldBeTrue();
        access.Hosts.ShouldBe(["failover.example.org", "ha"]);
        access.UserHeader.ShouldBe("Remote-User");
        configuration.SecretFiles.ShouldBe([folder["ci.token"]]);
    }

    [Fact]
    public void The_secret_of_a_token_is_shown_nowhere()
    {
        FailoverConfiguration configuration = Read(
            "access: {tokens: {ci: {secret: fedcba9876543210, role: view}}}\ncomponents: {}"
        );

        configuration.Secrets.Redact("got fedcba9876543210").ShouldBe("got ***");
        TopLevelSettings
            .Of(configuration, configuration.State, configuration.History, configuration.Secrets.Redact)
            .Single(setting => setting.Key == "access.tokens")
            .Value.ShouldBe("ci (view)");
    }

    [Fact]
    public void What_is_read_twice_is_the_same_and_a_change_of_any_part_is_not()
    {
        const string text =
            "access: {view: a, operate: b, hosts: [h], user_header: U, tokens: {t: {secret: 0123456789abcdef, role: view}}}\ncomponents: {}";
        ManagementAccess access = Read(text).Access;

        Read(text).Access.ShouldBe(access);
        Read(text).Access.GetHashCode().ShouldBe(access.GetHashCode());
        foreach (
            (string part, string other) in new[]
            {
                ("view: a", "view: c"),
                ("operate: b", "operate: c"),
                ("[h]", "[i]"),
                ("user_header: U", "user_header: V"),
                ("0123456789abcdef", "0123456789abcdee"),
                ("role: view", "role: operate"),
                ("t: {", "u: {"),
            }
        )
        {
            Read(text.Replace(part, other, StringComparison.Ordinal)).Access.ShouldNotBe(access, part);
        }
    }

    private FailoverConfiguration Read(string text) => folder.Write(ConfigurationFolder.Main, text).ReadGood();
}
