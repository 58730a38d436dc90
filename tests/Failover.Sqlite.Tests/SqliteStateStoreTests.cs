namespace Failover;

public sealed class SqliteStateStoreTests : IDisposable
{
    private readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_is_written_is_loaded()
    {
        StoredNode[] nodes =
        [
            Stored.Node("/mail#to_fail.task", "fail", "a reason\nof \"two\" lines, Ünï 😀"),
            Stored.Node("/web", "armed", ""),
            Stored.Node("with\0nul", "ok", "\0"),
        ];
        StoredLatch[] latches =
        [
            Stored.Latch("/mail#"),
            Stored.Latch("/mail#to_fail.task", state: HealthState.Ok),
            Stored.Latch("/web#", "") with
            {
                Id = "",
                IsAuthorised = null,
                Components = [],
            },
        ];
        StoredComponent[] components = [Stored.Component("mail", isLatched: true), Stored.Component("web", reason: "")];
        await folder.StoreAsync(
            new StateWrite
            {
                Nodes = [.. nodes],
                Components = [.. components],
                Latches = [.. latches],
            }
        );

        StoredState state = await folder.LoadAsync();

        state.Nodes.ShouldBe(nodes, ignoreOrder: true);
        state.Components.ShouldBe(components, ignoreOrder: true);
        Stored.Lines(state.Latches).ShouldBe(Stored.Lines(latches));
        state.Loss.ShouldBeNull();
    }

    [Fact]
    public async Task A_time_of_any_zone_is_the_same_moment_to_the_last_tick()
    {
        DateTimeOffset at = new DateTimeOffset(2026, 3, 29, 1, 59, 59, TimeSpan.FromHours(5.5)).AddTicks(9_999_999);
        await folder.StoreAsync(Stored.Write(Stored.Node("a") with { At = at }));

        (await folder.LoadAsync()).Nodes.Single().At.ShouldBe(at);
    }

    [Fact]
    public async Task The_newest_time_at_which_the_process_was_alive_is_kept()
    {
        DateTimeOffset at = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
        await folder.StoreAsync(Stored.Write(Stored.Node("a")));
        (await folder.LoadAsync()).AliveAt.ShouldBeNull();

        await folder.StoreAsync(new StateWrite { AliveAt = at }, Stored.Write(Stored.Node("b")));
        await folder.StoreAsync(new StateWrite { AliveAt = at.AddMinutes(1) });

        (await folder.LoadAsync()).AliveAt.ShouldBe(at.AddMinutes(1));
    }

    [Fact]
    public async Task A_later_write_wins_and_forgets()
    {
        await folder.StoreAsync(
            new()
            {
                Nodes = [Stored.Node("a"), Stored.Node("b")],
                Components = [Stored.Component("a"), Stored.Component("b")],
                Latches = [Stored.Latch("a"), Stored.Latch("b")],
            },
            new()
            {
                Nodes = [Stored.Node("a", "fail")],
                ForgottenNodes = ["b"],
                ForgottenComponents = ["b"],
                ForgottenLatches = ["b"],
            },
            new()
            {
                ForgottenNodes = ["never there"],
                ForgottenComponents = ["never there"],
                ForgottenLatches = ["never there"],
            }
        );

        StoredState state = await folder.LoadAsync();
        state.Nodes.ShouldBe([Stored.Node("a", "fail")]);
        state.Components.ShouldBe([Stored.Component("a")]);
        state.Failed().ShouldBe(["a"]);
    }

    [Fact]
    public async Task What_one_write_both_forgets_and_sets_is_set()
    {
        await folder.StoreAsync(
            new StateWrite
            {
                Nodes = [Stored.Node("a")],
                ForgottenNodes = ["a"],
                Latches = [Stored.Latch("a")],
                ForgottenLatches = ["a"],
                Components = [Stored.Component("a")],
                ForgottenComponents = ["a"],
            }
        );

        StoredState state = await folder.LoadAsync();
        state.Nodes.ShouldBe([Stored.Node("a")]);
        state.Components.ShouldBe([Stored.Component("a")]);
        state.Failed().ShouldBe(["a"]);
    }

    [Fact]
    public async Task Two_keys_that_are_no_valid_text_do_not_make_the_file_a_damaged_one()
    {
        await folder.StoreAsync(
            Stored.Write(Stored.Node("x\uD800"), Stored.Node("x\uDC00", reason: "\uD800")),
            Stored.Write(Stored.Node("x\uFFFD", reason: "newest"))
        );

        StoredState state = await folder.LoadAsync();
        state.Loss.ShouldBeNull();
        state.Nodes.ShouldBe([Stored.Node("x\uFFFD", reason: "newest")]);
    }

    [Fact]
    public async Task The_history_can_be_read_with_SQL()
    {
        await folder.StoreAsync(
            new StateWrite
            {
                Transitions = [Stored.Transition("mail"), Stored.Transition("web")],
                Posts = [Stored.Post("mail"), Stored.Post("mail", user: null)],
            }
        );

        const string Columns = "group_concat(at || ' ' || component || ' ' ||";
        folder
            .Ask(
                $"SELECT {Columns} from_state || ' ' || to_state || ' ' || reason || ' ' || evidence, '; ') FROM transition"
            )
            .ShouldBe(
                "2026-01-31T23:59:59.0000000Z mail ok fail down 7; 2026-01-31T23:59:59.0000000Z web ok fail down 7"
            );
        folder
            .Ask($"SELECT {Columns} coalesce(user, 'nobody') || ' ' || source || ' ' || outcome, '; ') FROM post")
            .ShouldBe(
                "2026-01-31T23:59:59.0000000Z mail ops 192.0.2.7 202 armed; 2026-01-31T23:59:59.0000000Z mail nobody 192.0.2.7 202 armed"
            );
    }

    [Fact]
    public async Task A_clean_stop_leaves_one_file()
    {
        await folder.StoreAsync(Stored.Write(Stored.Node("a")));

        folder.Names.ShouldBe(["state.db"]);
    }

    [Fact]
    public async Task The_folder_is_made()
    {
        string path = Path.Combine(folder.Place, "a", "b", "state.db");
        await using SqliteStateStore store = new(
            path,
            TimeSpan.FromDays(1),
            1 << 20,
            folder.Time,
            folder.Warnings.Enqueue
        );

        store.Load().ShouldBe(StoredState.Empty);

        File.Exists(path).ShouldBeTrue();
    }

    [Fact]
    public async Task Tasks_end_in_the_order_of_the_calls()
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        Task[] tasks =
        [
            .. Enumerable
                .Range(0, 1000)
                .Select(i =>
                    i % 3 == 0
                        ? (Task)store.CommitAsync(new($"{i}") { Nodes = [Stored.Node($"{i}")] })
                        : store.PersistAsync(Stored.Write(Stored.Node($"{i}")))
                ),
        ];

        for (int i = tasks.Length - 1; i > 0; i--)
        {
            await tasks[i];
            tasks[i - 1].IsCompletedSuccessfully.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Ten_thousand_writes_take_few_transactions()
    {
        int transactions = 0;
        await using (SqliteStateStore store = folder.Store(() => transactions++))
        {
            store.Load();
            await Task.WhenAll(
                Enumerable.Range(0, 10_000).Select(i => store.PersistAsync(Stored.Write(Stored.Node($"{i}"))))
            );
        }

        transactions.ShouldBeInRange(1, 100);
        (await folder.LoadAsync()).Nodes.Length.ShouldBe(10_000);
    }

    [Fact]
    public async Task Who_waits_for_a_write_does_not_run_on_the_thread_that_stores()
    {
        using ManualResetEventSlim go = new();
        await using SqliteStateStore store = folder.Store(go.Wait);
        store.Load();

        Task<string?> thread = store
            .PersistAsync(Stored.Write(Stored.Node("a")))
            .ContinueWith(
                _ => Thread.CurrentThread.Name,
                TestContext.Current.CancellationToken,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        go.Set();

        (await thread).ShouldNotBe("state");
    }

    [Fact]
    public async Task A_store_in_use_is_not_opened_a_second_time()
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();

        await using SqliteStateStore second = folder.Store();
        Should
            .Throw<StateStoreException>(second.Load)
            .Message.ShouldBe($"state file {folder.File} cannot be used: it is in use by this process");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_in_use_is_known_by_every_path_and_keeps_its_lock(bool isHardLink)
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        await store.PersistAsync(Stored.Write(Stored.Node("a")));
        string other = Path.Combine(folder.Place, "link");
        if (isHardLink)
        {
            FileNode.TryLink(folder.File, other).ShouldBeTrue();
        }
        else
        {
            Directory.CreateSymbolicLink(other, folder.Place);
            other = Path.Combine(other, Path.GetFileName(folder.File));
        }

        await using SqliteStateStore second = new(other);
        Should
            .Throw<StateStoreException>(second.Load)
            .Message.ShouldBe($"state file {other} cannot be used: it is in use by this process");
        StateRehearsal.IsInUse(other).ShouldBeTrue();

        (int code, string output, string errors) = await SeparateProcess.EndAsync(
            StateProcess.OpenAsync,
            StateProcess.Shell(folder.File)
        );
        code.ShouldBe(0, errors);
        output.ShouldBe($"state file {folder.File} cannot be used: it is in use by another process\n");
    }

    [Fact]
    public async Task A_store_that_is_not_loaded_or_is_closed_takes_nothing()
    {
        SqliteStateStore store = folder.Store();
        await Should.ThrowAsync<StateStoreException>(store.PersistAsync(Stored.Write(Stored.Node("a"))));
        store.Load();
        await store.DisposeAsync();
        await store.DisposeAsync();
        (
            await Should.ThrowAsync<StateStoreException>(store.PersistAsync(Stored.Write(Stored.Node("a"))))
        ).Message.ShouldBe($"state file {folder.File} is closed");
    }

    [Fact]
    public async Task What_waits_when_it_is_closed_is_stored()
    {
        SqliteStateStore store = folder.Store();
        store.Load();
        Task[] tasks = [.. Enumerable.Range(0, 100).Select(i => store.PersistAsync(Stored.Write(Stored.Node($"{i}"))))];
        await store.DisposeAsync();

        await Task.WhenAll(tasks);
        (await folder.LoadAsync()).Nodes.Length.ShouldBe(100);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":memory:")]
    [InlineData("file:state.db")]
    [InlineData("a\0b")]
    public void What_is_no_path_of_a_file_is_refused(string path)
    {
        ArgumentException refusal = Should.Throw<ArgumentException>(() => new SqliteStateStore(path));

        refusal.ParamName.ShouldBe("path");
        refusal.Message.ShouldStartWith(
            $"path is {Printable.Quoted(path)}; accepted: the path of a file, as \"state.db\""
        );
    }

    [Fact]
    public void Bounds_of_the_history_that_are_out_of_range_are_refused()
    {
        Should
            .Throw<ArgumentOutOfRangeException>(() => new SqliteStateStore("state.db", TimeSpan.Zero))
            .Message.ShouldStartWith("historyMaxAge is 00:00:00; accepted: more than zero");
        foreach (long size in (long[])[0, (1 << 20) - 1, (1L << 40) + 1])
        {
            Should
                .Throw<ArgumentOutOfRangeException>(() => new SqliteStateStore("state.db", historyMaxSize: size))
                .Message.ShouldStartWith($"historyMaxSize is {size}; accepted: bytes, 1048576 to 1099511627776");
        }
    }

    [Fact]
    public async Task A_store_that_is_made_by_a_path_alone_keeps_state()
    {
        await using (SqliteStateStore store = new(folder.File, historyMaxSize: 1 << 20))
        {
            store.Load();
            await store.PersistAsync(new() { Latches = [Stored.Latch("/mail")] });
        }

        await using SqliteStateStore next = new(folder.File);
        next.Load().Failed().ShouldBe(["/mail"]);
    }
}
