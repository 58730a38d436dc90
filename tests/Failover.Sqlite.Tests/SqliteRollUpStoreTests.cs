namespace Failover;

/// <summary>Roll-ups in a file: what is kept, added up and forgotten.</summary>
public sealed class SqliteRollUpStoreTests : IDisposable
{
    private readonly RollUpFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_was_stored_is_read_after_a_restart()
    {
        await folder.StoreAsync(
            RollUpFolder.Minute(At(0), 3, "mail", "eu/web 1"),
            RollUpFolder.Minute(At(1), 6, "mail"),
            RollUpFolder.Minute(At(2), 0, "mail")
        );

        (await folder.ReadAsync("mail")).ShouldBe(
            "01 00:02 50/2/1 0 0<0<0; 01 00:01 50/2/1 6 1000<1000<1000; 01 00:00 50/2/1 3 1000<1000<1000"
        );
        (await folder.ReadAsync("eu/web 1")).ShouldBe("01 00:00 50/2/1 3 1000<1000<1000");
        (await folder.ReadAsync("unknown")).ShouldBeNull();
        folder.Warnings.ShouldBeEmpty();
        folder.Names.ShouldBe(["history.db"], "a clean end leaves one file");
        FileMode().ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Two_parts_of_one_minute_are_added_up()
    {
        await folder.StoreAsync(RollUpFolder.Batch(At(0), ("mail", [Second(1), Second(1), Second(1)])));
        await folder.StoreAsync(RollUpFolder.Batch(At(0), ("mail", [Second(4), Second(8)]), ("web", [])));

        // 1008: the middle of a bucket.
        (await folder.ReadAsync("mail")).ShouldBe("01 00:00 100/4/2 5 1008<8000<8000");
        (await folder.ReadAsync("web")).ShouldBe("01 00:00 50/2/1 0 0<0<0");
    }

    [Fact]
    public async Task An_hour_is_the_sum_of_its_minutes_before_and_after_it_is_over()
    {
        await using SqliteRollUpStore store = folder.Store();
        RollUpBatch[] minutes =
        [
            .. Enumerable
                .Range(0, 120)
                .Select(i => RollUpFolder.Batch(At(i), ("mail", [Second(1), Second(i < 119 ? 2 : 90)]), ("web", []))),
        ];
        foreach (RollUpBatch minute in minutes)
        {
            store.Add(minute);
        }

        await store.WhenIdleAsync();
        string? open = await RollUpFolder.ReadAsync(store, "mail", RollUpPeriod.Hour);
        folder.Time.Advance(Hour(2));
        store.Add(RollUpFolder.Minute(At(120), 1, "mail"));
        await store.WhenIdleAsync();
        string? over = await RollUpFolder.ReadAsync(store, "mail", RollUpPeriod.Hour, At(0), limit: 3);

        open.ShouldBe("01 01:00 3000/120/60 120 1008<2015<90000; 01 00:00 3000/120/60 120 1008<2000<2000");
        over.ShouldBe($"01 02:00 50/2/1 1 1000<1000<1000; {open}");
        (await RollUpFolder.ReadAsync(store, "mail", RollUpPeriod.Hour, At(60), limit: 1))!.ShouldStartWith("01 02:00");
        (await RollUpFolder.ReadAsync(store, "mail", RollUpPeriod.Hour, At(60)))!.Split(';').Length.ShouldBe(2);
        (await RollUpFolder.ReadAsync(store, "mail", RollUpPeriod.Minute, At(110), limit: 4))!
            .Split(';')
            .Length.ShouldBe(4);
        await store.DisposeAsync();
        folder.Ask("SELECT group_concat(at || ':' || component) FROM hour").Split(',').Length.ShouldBe(4);
    }

    [Fact]
    public async Task What_comes_to_an_hour_that_is_rolled_up_is_added_to_it()
    {
        folder.Time.Advance(Hour(2));
        await folder.StoreAsync(RollUpFolder.Minute(At(0), 1, "mail"), RollUpFolder.Minute(At(60), 1, "mail"));
        // The clock was set back by an hour and a half.
        await folder.StoreAsync(RollUpFolder.Minute(At(30), 2, "mail", "new"));

        (await folder.ReadAsync("mail", RollUpPeriod.Hour)).ShouldBe(
            "01 01:00 50/2/1 1 1000<1000<1000; 01 00:00 100/4/2 3 1000<1000<1000"
        );
        (await folder.ReadAsync("new", RollUpPeriod.Hour)).ShouldBe("01 00:00 50/2/1 2 1000<1000<1000");
    }

    [Fact]
    public async Task Minutes_are_forgotten_after_two_days_and_hours_after_their_age()
    {
        await using SqliteRollUpStore store = folder.Store(maxAge: Day(4));
        for (int hour = 0; hour < 24 * 6; hour++)
        {
            // One minute of each hour: else it takes a while.
            store.Add(RollUpFolder.Minute(At(60 * hour), 1, "mail", $"only-{hour}"));
            folder.Time.Advance(Hour(1));
            await store.WhenIdleAsync();
        }

        (await RollUpFolder.ReadAsync(store, "mail", RollUpPeriod.Minute))!.Split(';').Length.ShouldBeInRange(47, 49);
        (await RollUpFolder.ReadAsync(store, "mail", RollUpPeriod.Hour))!.Split(';').Length.ShouldBeInRange(95, 97);
        (await RollUpFolder.ReadAsync(store, "only-0")).ShouldBeNull("names are forgotten as well");
        (await RollUpFolder.ReadAsync(store, "only-100")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_clock_that_is_ten_years_ahead_for_a_moment_takes_little()
    {
        await using SqliteRollUpStore store = folder.Store();
        for (int i = 0; i < 300; i++)
        {
            store.Add(RollUpFolder.Minute(At(i), 1, "mail"));
        }

        folder.Time.Advance(Hour(5));
        await store.WhenIdleAsync();

        folder.Time.WallClock += Day(3650);
        for (int i = 0; i < 5; i++)
        {
            store.Add(RollUpFolder.Minute(At(i) + Day(3650), 1, "mail"));
            await store.WhenIdleAsync();
        }

        folder.Time.WallClock -= Day(3650);
        (await RollUpFolder.ReadAsync(store, "mail"))!.Split(';').Length.ShouldBeGreaterThan(290);
    }

    [Fact]
    public async Task The_size_holds_and_the_oldest_go_first()
    {
        const int Bound = 1 << 20;
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"component-{i}")];
        await using (SqliteRollUpStore store = folder.Store(maxSize: Bound))
        {
            for (int i = 0; i < 300; i++)
            {
                store.Add(RollUpFolder.Minute(At(i), 6, names));
                folder.Time.Advance(TimeSpan.FromMinutes(1));
                await store.WhenIdleAsync();
            }

            (await RollUpFolder.ReadAsync(store, names[7]))!.ShouldStartWith("01 04:59");
            (await RollUpFolder.ReadAsync(store, names[7], RollUpPeriod.Hour))!.ShouldStartWith("01 04:00");
        }

        new FileInfo(folder.File).Length.ShouldBeInRange(Bound / 2, Bound + (Bound / 4));
    }

    [Fact]
    public async Task In_memory_it_is_the_same_and_leaves_nothing()
    {
        await using SqliteRollUpStore store = folder.Store(isInMemory: true);
        store.Add(RollUpFolder.Minute(At(0), 1, "mail"));
        await store.WhenIdleAsync();

        (await RollUpFolder.ReadAsync(store, "mail")).ShouldBe("01 00:00 50/2/1 1 1000<1000<1000");
        store.File.ShouldBeNull();
        folder.Names.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_that_is_closed_says_so()
    {
        SqliteRollUpStore store = folder.Store();
        await store.DisposeAsync();

        (await Should.ThrowAsync<StateStoreException>(() => RollUpFolder.ReadAsync(store, "mail"))).Message.ShouldBe(
            $"history file {folder.File} cannot be read: it is closed"
        );
    }

    private DateTimeOffset At(int minute) => folder.Start.AddMinutes(minute);

    private UnixFileMode FileMode() => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(folder.File);
}
