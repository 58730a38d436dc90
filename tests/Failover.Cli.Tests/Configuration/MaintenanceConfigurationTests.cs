namespace Failover;

public sealed class MaintenanceConfigurationTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    [Fact]
    public void The_file_says_what_a_script_says()
    {
        folder.Write(
            ConfigurationFolder.Main,
            """
            maintenance:
              backup:
                components: [mail, shop/*]
                cron: "0 3 * * 0"
                duration: 1h
                time_zone: Europe/Berlin
                state: hold
                reason: weekly backup
              move: {start: 2026-12-01T22:00, duration: 90m, components: mail}
            components:
              mail: {tcp: "192.0.2.1:25"}
              shop/web: {tcp: "192.0.2.2:80"}
            """
        );

        FailoverConfiguration read = folder.ReadGood();

        read.Maintenance.ShouldBe([
            new(
                "backup",
                Hour(1),
                cron: "0 3 * * 0",
                timeZone: "Europe/Berlin",
                components: ["mail", "shop/*"],
                state: MaintenanceState.Hold,
                reason: "weekly backup"
            ),
            new("move", Minute(90), start: new(2026, 12, 1, 22, 0, 0), components: ["mail"]),
        ]);
        TopLevelSettings
            .Of(read, read.State, read.History, text => text)
            .Single(setting => setting.Key == FileKeys.Maintenance)
            .Value.ShouldBe(
                "backup (cron \"0 3 * * 0\", duration 1h, time_zone Europe/Berlin, state hold, components mail \"shop/*\", reason \"weekly backup\"), "
                    + "move (start 2026-12-01T22:00:00, duration 1h30m, time_zone UTC, state judged, components mail)"
            );
    }

    public void Dispose() => folder.Dispose();
}
