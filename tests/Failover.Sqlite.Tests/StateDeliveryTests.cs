namespace Failover;

/// <summary>Alarms and notifications in the state file.</summary>
public sealed class StateDeliveryTests : IDisposable
{
    private readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_is_stored_is_loaded()
    {
        StoredDelivery[] deliveries =
        [
            Stored.Delivery(1),
            Stored.Delivery(2) with
            {
                Failure = "status 500: \"no\"",
            },
            new(
                3,
                "Ünï 😀",
                new(
                    "id",
                    "",
                    NotificationStatus.Event,
                    NotificationTopics.All,
                    NotificationSeverity.Info,
                    "guard db",
                    "line\nline",
                    new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)
                )
            ),
        ];
        StoredAlarm alarm = new(
            deliveries[0].Notification with
            {
                Topic = NotificationTopics.State | NotificationTopics.Latch,
                State = HealthState.Fail,
                Before = HealthState.Error,
                IsLatched = true,
                Since = new(2025, 12, 31, 0, 0, 0, TimeSpan.Zero),
            }
        )
        {
            Routes = [new("on-call", new(2025, 12, 31, 0, 0, 0, TimeSpan.Zero)), new("chat", DateTimeOffset.UnixEpoch)],
        };
        await folder.StoreAsync(new StateWrite { Alarms = [alarm], Deliveries = [.. deliveries] });

        StoredState state = await folder.LoadAsync();
        state.Alarms.ShouldHaveSingleItem().Newest.ShouldBe(alarm.Newest);
        state.Alarms[0].Routes.ShouldBe(alarm.Routes);
        state.Deliveries.ShouldBe(deliveries, ignoreOrder: true);
    }

    [Fact]
    public async Task What_has_been_delivered_is_forgotten()
    {
        await folder.StoreAsync(
            new()
            {
                Alarms = [new(Stored.Delivery(1).Notification)],
                Deliveries = [Stored.Delivery(1), Stored.Delivery(2)],
            },
            new() { ForgottenAlarms = ["/mail"], ForgottenDeliveries = [Stored.Delivery(1).Key] }
        );

        StoredState state = await folder.LoadAsync();
        state.Alarms.ShouldBeEmpty();
        state.Deliveries.ShouldBe([Stored.Delivery(2)]);
    }

    [Fact]
    public async Task The_whole_state_takes_the_place_of_alarms_and_deliveries()
    {
        await folder.StoreAsync(
            new() { Alarms = [new(Stored.Delivery(1).Notification)], Deliveries = [Stored.Delivery(1)] },
            new() { IsWhole = true }
        );

        StoredState state = await folder.LoadAsync();
        state.Alarms.ShouldBeEmpty();
        state.Deliveries.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("set forget", "")]
    [InlineData("set fail", "fail")]
    [InlineData("fail forget", "forget")]
    [InlineData("forget", "forget")]
    [InlineData("set fail forget", "forget")]
    public void Of_writes_that_wait_nothing_is_kept_of_what_came_and_went(string steps, string kept)
    {
        foreach (bool areJoinedLater in (bool[])[false, true])
        {
            StateChanges changes = new();
            foreach (string step in steps.Split(' '))
            {
                StateWrite write = step switch
                {
                    "set" => new() { Deliveries = [Stored.Delivery(1)] },
                    "fail" => new() { Deliveries = [Stored.Delivery(1) with { Failure = "status 500" }] },
                    _ => new() { ForgottenDeliveries = [Stored.Delivery(1).Key] },
                };
                if (areJoinedLater)
                {
                    StateChanges later = new();
                    later.Add(write);
                    changes.Add(later);
                }
                else
                {
                    changes.Add(write);
                }
            }

            string.Join(' ', changes.Deliveries.Values.Select(one => one is null ? "forget" : "fail")).ShouldBe(kept);
        }
    }

    [Fact]
    public async Task Other_processes_read_them()
    {
        await folder.StoreAsync(new StateWrite { Deliveries = [Stored.Delivery(1)] });

        folder.Ask("SELECT route || ' ' || subject || ' ' || status FROM delivery").ShouldBe("all /mail firing");
    }
}
