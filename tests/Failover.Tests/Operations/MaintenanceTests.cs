namespace Failover;

/// <summary>What describes a maintenance, and what does not.</summary>
public sealed class MaintenanceTests
{
    [Fact]
    public void Descriptions_that_say_the_same_are_equal()
    {
        Maintenance one = new("backup", Hour(1), cron: "0 3 * * 0", components: ["mail", "shop/*"]);
        Maintenance other = new("backup", Hour(1), cron: "0 3 * * 0", components: ["mail", "shop/*"], timeZone: "UTC");

        one.ShouldBe(other);
        one.Text.ShouldBe(
            "backup (cron \"0 3 * * 0\", duration 1h, time_zone UTC, state judged, components mail \"shop/*\")"
        );
        one.ShouldNotBe(new("backup", Hour(1), cron: "0 3 * * 0", components: ["mail"]));
    }

    [Fact]
    public void Components_below_a_path_and_all_of_them()
    {
        MaintenanceWindow some = Window("shop/*", "mail");

        some.Includes("shop/a").ShouldBeTrue();
        some.Includes("shop/a/b").ShouldBeTrue();
        some.Includes("mail").ShouldBeTrue();
        some.Includes("shop").ShouldBeFalse();
        some.Includes("Mail").ShouldBeFalse();
        new Maintenance("all", Hour(1), cron: "0 3 * * *").WindowFrom(default).Includes("anything").ShouldBeTrue();

        static MaintenanceWindow Window(params string[] components) =>
            new Maintenance("backup", Hour(1), cron: "0 3 * * *", components: components).WindowFrom(default);
    }

    [Fact]
    public void Bad_arguments_are_named()
    {
        Refused(() => new("a b", Hour(1), cron: "0 3 * * *"), "name is a b; accepted: a name of letters");
        Refused(() => new("a", TimeSpan.Zero, cron: "0 3 * * *"), "duration is 0ms; accepted: a duration from 1ms");
        Refused(() => new("a", Hour(1)), "has neither cron and start; accepted: exactly one");
        Refused(() => new("a", Hour(1), "0 3 * * *", new DateTime(2026, 12, 1)), "has both cron and start");
        Refused(
            () => new("a", Hour(1), cron: "0 3 * * 8"),
            "cron is \"0 3 * * 8\", which is malformed: Days of week: Value must be a number between 0 and 7 (all inclusive); accepted: a cron expression"
        );
        Refused(() => new("a", Hour(1), cron: "0 0 31 2 *"), "cron is \"0 0 31 2 *\", which never occurs");
        Refused(
            () => new("a", Hour(1), cron: "0 3 * * *", timeZone: "Europe/Berlyn"),
            "timeZone is \"Europe/Berlyn\", which is unknown (did you mean Europe/Berlin?)"
        );
        Refused(
            () => new("a", Hour(1), start: new DateTime(2026, 12, 1, 0, 0, 0, DateTimeKind.Utc)),
            "start is 2026-12-01T00:00:00.0000000Z; accepted: a date and a time"
        );
        Refused(() => new("a", Hour(1), cron: "0 3 * * *", components: []), "components is an empty list");
        Refused(
            () => new("a", Hour(24), cron: "0 3 * * *"),
            "duration is 1d, and a window opens 1d after another; accepted: less than that"
        );
        Refused(() => new("a", Hour(1), cron: "0 3 * * *", state: (MaintenanceState)9), "state is 9");
    }

    [Fact]
    public async Task A_server_takes_maintenance_of_components_that_it_has()
    {
        await using HealthCheckServer server = new(port: 0) { Output = TextWriter.Null };
        server.AddComponent("shop/a", new ScriptedCheck());
        Maintenance shop = new("shop", Hour(1), cron: "0 3 * * *", components: ["shop/*"]);
        server.AddMaintenance(shop);

        Should.Throw<ArgumentException>(() => server.AddMaintenance(shop)).Message.ShouldContain("of another one");
        Should
            .Throw<ArgumentException>(() =>
                server.AddMaintenance(new("mail", Hour(1), cron: "0 3 * * *", components: ["mail"]))
            )
            .Message.ShouldContain("has \"mail\"; accepted: components that were added before");
        await server.StartAsync(TestContext.Current.CancellationToken);
        server.Service.Maintenance.ShouldBe([shop]);
        Should.Throw<InvalidOperationException>(() => server.AddMaintenance(shop));
    }

    private static void Refused(Func<Maintenance> make, string message) =>
        Should.Throw<ArgumentException>(() => make()).Message.ShouldContain(message);
}
