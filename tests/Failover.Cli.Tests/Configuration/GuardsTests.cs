namespace Failover;

public sealed class GuardsTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    [Fact]
    public void Components_are_guarded_together_by_name_and_by_pattern()
    {
        FailoverConfiguration read = Read(
            """
            guards:
              web: {components: web*, max_failing_percent: 50}
              mail: {components: [mail/in, "mail/?ut"], max_failing: 1, max_delay: 2m, auth: ./users}
            components:
              web1: {tcp: "192.0.2.1:80"}
              web2: {tcp: "192.0.2.2:80"}
              mail/in: {tcp: "192.0.2.3:25"}
              mail/out: {tcp: "192.0.2.4:25"}
              other: {tcp: "192.0.2.5:25"}
            """
        );

        Guard? web = GuardOf("web1");
        web.ShouldBe(new("web", maxFailingPercent: 50));
        GuardOf("web2").ShouldBeSameAs(web);
        GuardOf("mail/in")
            .ShouldBe(new("mail", maxFailing: 1, maxDelay: Minute(2), auth: new HtpasswdFile(folder["users"])));
        GuardOf("mail/out").ShouldBeSameAs(GuardOf("mail/in"));
        GuardOf("other").ShouldBeNull();
        TopLevelSettings
            .Of(read, read.State, read.History, text => text)
            .Single(setting => setting.Key == FileKeys.Guards)
            .Value.ShouldBe("web (at most 50% failing, delay 10m), mail (at most 1 failing, delay 2m)");

        Guard? GuardOf(string name) => read.Components.Single(component => component.Name == name).Guard;
    }

    public void Dispose() => folder.Dispose();

    private FailoverConfiguration Read(string text)
    {
        folder.Write(ConfigurationFolder.Main, text);
        folder.Write("users", "");
        return folder.ReadGood();
    }
}
