using System.Collections.Concurrent;

namespace Failover;

/// <summary>Notifications on their way from the engine to receivers.</summary>
public sealed class OutboxTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Second(20);

    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly ToldTo receiver = new();
    private readonly ConcurrentQueue<string> warnings = [];

    [Fact]
    public async Task What_is_told_is_delivered_and_forgotten()
    {
        await using Outboxed test = await StartAsync();
        await test.SeesAsync(Fail);
        await test.SeesAsync(Ok);

        await UntilAsync(() => receiver.Messages.Count == 2);
        receiver.Messages.Select(message => message.Title).ShouldBe(["FAIL mail", "OK mail"]);
        await UntilAsync(() => store.Load().Deliveries.IsEmpty);
        test.Outbox.Status.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                status => status.Delivered.ShouldBe(2),
                status => status.Waiting.ShouldBe(0),
                status => status.Problem.ShouldBeNull()
            );
        warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_taken_is_told_again_also_after_a_restart()
    {
        receiver.Answers = _ => new("status 503");
        string id;
        await using (Outboxed test = await StartAsync())
        {
            await test.SeesAsync(Fail);
            await UntilAsync(() => test.Outbox.Status[0].Failed == 1);
            id = receiver.Messages[0].First.Id;
            test.Engine.Time.Advance(Second(2));
            await UntilAsync(() => receiver.Messages.Count == 2);
            store.Load().Deliveries.ShouldHaveSingleItem();
            warnings.ShouldBe(["notifications on route chat are not taken: status 503; they are tried again for 24h"]);
        }

        receiver.Answers = null;
        await using Outboxed next = await StartAsync();
        await UntilAsync(() => store.Load().Deliveries.IsEmpty);
        receiver.Messages[^1].First.Id.ShouldBe(id, "receivers drop doubles by it");
    }

    [Fact]
    public async Task What_is_given_up_stays_until_it_is_sent_again()
    {
        receiver.Answers = _ => new("status 503");
        await using (Outboxed test = await StartAsync())
        {
            await test.SeesAsync(Fail);
            await UntilAsync(() => test.Outbox.Status[0].Failed == 1);
            test.Engine.Time.Advance(Day(2));
            await UntilAsync(() => test.Outbox.Status[0].Dead.Length == 1);
            store.Load().Deliveries.ShouldHaveSingleItem().Failure.ShouldBe("status 503");
            await UntilAsync(() =>
                warnings.Last()
                == "1 notifications on route chat are given up after 24h: status 503; failover notify resend chat tries them again"
            );
        }

        receiver.Answers = null;
        await using Outboxed next = await StartAsync();
        int before = receiver.Messages.Count;
        next.Outbox.Status[0].Dead.Length.ShouldBe(1);
        next.Outbox.Revive("other").ShouldBeNull();
        next.Outbox.Revive("chat").ShouldBe(1);
        await UntilAsync(() => receiver.Messages.Count > before && store.Load().Deliveries.IsEmpty);
    }

    [Fact]
    public async Task Of_10_000_changes_at_once_each_is_told_once_in_few_messages()
    {
        await using Outboxed test = await StartAsync();
        ConcurrentQueue<string> told = [];
        receiver.Answers = message =>
        {
            foreach (Notification one in message.All)
            {
                told.Enqueue(one.Subject);
            }

            return SendResult.Taken;
        };
        const int many = 10_000;
        Background shared = new(check, Second(10));
        test.Engine.Replace([.. Enumerable.Range(0, many).Select(i => ($"c{i}", (HealthTask)shared))]);
        await test.SeesAsync(Ok);
        await test.SeesAsync(Fail);

        await UntilAsync(() => Advance(test, () => told.Count >= many));

        told.Distinct().Count().ShouldBe(many);
        told.Count.ShouldBe(many);
        receiver.Messages.Count.ShouldBeLessThan(40);
        await UntilAsync(() => store.Load().Deliveries.IsEmpty);
    }

    [Fact]
    public async Task A_receiver_that_hangs_holds_up_no_other_and_no_component()
    {
        receiver.Gate = new();
        ToldTo other = new();
        await using Outboxed test = await StartAsync(new("slow", receiver), new("quick", other));
        await test.SeesAsync(Fail);
        await UntilAsync(() => other.Messages.Count == 1);
        await test.SeesAsync(Ok);

        await UntilAsync(() => other.Messages.Count == 2);
        test.Engine.Of("mail").LastKnown().State.ShouldBe(Ok);
        receiver.Messages.Count.ShouldBe(1);
        receiver.Gate.SetResult();
        await UntilAsync(() => receiver.Messages.Count == 2);
    }

    [Fact]
    public async Task What_waits_for_a_route_goes_where_that_leads_now_and_what_is_gone_is_forgotten()
    {
        receiver.Answers = _ => new("status 503");
        await using Outboxed test = await StartAsync(new("chat", receiver), new("old", receiver));
        await test.SeesAsync(Fail);
        await UntilAsync(() => test.Outbox.Status.Sum(route => route.Failed) == 2);
        ToldTo other = new();

        test.Use(new NotificationRoute("chat", other));

        await UntilAsync(() => other.Messages.Count == 1 && store.Load().Deliveries.IsEmpty);
        warnings.Last().ShouldBe("1 notifications of routes that are configured no longer are forgotten");
    }

    [Fact]
    public async Task What_is_wrong_is_told_again_to_those_who_forget()
    {
        ToldTo forgetful = new() { Repeats = Minute(1) };
        await using Outboxed test = await StartAsync(new NotificationRoute("alerts", forgetful));
        await test.SeesAsync(Fail);
        // The first repetition may come right behind it.
        await UntilAsync(() => forgetful.Messages.Count >= 1);
        await UntilAsync(() => forgetful.Messages.Count >= 2, () => test.SeesAsync(Fail));

        forgetful.Messages[1].First.ShouldBe(forgetful.Messages[0].First);
        await test.SeesAsync(Ok);
        await UntilAsync(() => forgetful.Messages[^1].First.Status == NotificationStatus.Resolved);
    }

    [Fact]
    public async Task A_dead_mans_switch_is_told_only_while_the_process_is_well()
    {
        ToldTo life = new() { Repeats = Minute(1), IsSwitch = true };
        await using Outboxed test = await StartAsync(new NotificationRoute("life", life));
        await test.SeesAsync(Fail);
        await UntilAsync(() => Advance(test, () => life.Messages.Count >= 1));
        life.Messages.ShouldAllBe(message => message.All.IsEmpty, "it is told nothing else");

        test.IsWell = false;
        await UntilAsync(() => Advance(test, () => test.Asked > 3));
        int told = life.Messages.Count;
        int asked = test.Asked;
        await UntilAsync(() => Advance(test, () => test.Asked > asked + 3));
        life.Messages.Count.ShouldBe(told);
    }

    [Fact]
    public async Task A_dead_mans_switch_that_is_not_reached_is_a_problem_of_its_route()
    {
        ToldTo life = new()
        {
            Repeats = Minute(1),
            IsSwitch = true,
            Answers = _ => new("status 404"),
        };
        await using Outboxed test = await StartAsync(new NotificationRoute("life", life));

        await UntilAsync(() => !warnings.IsEmpty);
        warnings.First().ShouldStartWith("notifications on route life are not taken: status 404");
        test.Outbox.Status[0].Problem.ShouldBe("status 404");
    }

    [Fact]
    public async Task What_is_handed_on_at_the_end_is_kept_for_the_next_process()
    {
        await using Outboxed test = await StartAsync();
        test.Outbox.Dispose();
        await test.SeesAsync(Fail);

        store.Load().Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_is_secret_is_not_told()
    {
        check.Reason = "password hunter2 is refused";
        await using Outboxed test = await StartAsync();
        test.Use(
            NotificationSettings.None with
            {
                Routes = [new("chat", receiver)],
                Redact = text => text.Replace("hunter2", "***", StringComparison.Ordinal),
            }
        );
        receiver.Answers = _ => throw new InvalidOperationException("no hunter2 here");
        await test.SeesAsync(Fail);
        await UntilAsync(() => warnings.Count == 1);

        receiver.Messages[0].Text.ShouldStartWith("password *** is refused");
        warnings.First().ShouldContain("no *** here");
    }

    [Fact]
    public async Task A_store_that_has_lost_what_waits_is_given_it_again()
    {
        receiver.Answers = _ => new("status 503");
        await using Outboxed test = await StartAsync();
        await test.SeesAsync(Fail);
        await UntilAsync(() => test.Outbox.Status[0].Failed == 1);

        store.Lose("the file was removed");
        store.Raise(new StoreNotice.Back());

        await UntilAsync(() => store.Written.Any(write => write.IsWhole) && store.Written[^1].Deliveries.Length == 1);
        test.Outbox.Status[0].Waiting.ShouldBe(1, "what is stored again is no other one");
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static async Task UntilAsync(Func<bool> isSo, Func<Task>? meanwhile = null)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Patience);
            await (meanwhile?.Invoke() ?? Task.CompletedTask);
            // Real time: deliveries run on threads of their own.
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    // Timers that are set only now are due later.
    private static bool Advance(Outboxed test, Func<bool> isSo)
    {
        if (!isSo())
        {
            test.Engine.Time.Advance(Second(30));
        }

        return isSo();
    }

    private Task<Outboxed> StartAsync(params NotificationRoute[] routes) =>
        Outboxed.StartAsync(store, check, warnings.Enqueue, routes is [] ? [new("chat", receiver)] : routes);

    private sealed class Outboxed : IAsyncDisposable
    {
        private readonly ScriptedCheck check;
        private int asked;

        private Outboxed(ScriptedStore store, ScriptedCheck check, Action<string> warn)
        {
            this.check = check;
            Engine = new(store);
            Outbox = new(
                Engine.Engine,
                () =>
                {
                    Interlocked.Increment(ref asked);
                    return new(IsWell);
                },
                warn,
                Engine.Time
            );
        }

        public EngineUnderTest Engine { get; }

        public Outbox Outbox { get; }

        public bool IsWell { get; set; } = true;

        public int Asked => Volatile.Read(ref asked);

        public static async Task<Outboxed> StartAsync(
            ScriptedStore store,
            ScriptedCheck check,
            Action<string> warn,
            NotificationRoute[] routes
        )
        {
            check.Sees = store.Written.Count == 0 ? Ok : check.Sees;
            Outboxed test = new(store, check, warn);
            test.Engine.Engine.Deliveries = test.Outbox;
            test.Use(routes);
            test.Engine.Add(new Background(check, Second(10)), name: "mail");
            await test.Engine.StartAsync();
            test.Outbox.Start();
            return test;
        }

        public void Use(params NotificationRoute[] routes) =>
            Use(NotificationSettings.None with { Routes = [.. routes], Instance = "lb1" });

        public void Use(NotificationSettings settings)
        {
            Outbox.Use(settings);
            Engine.Engine.Notify([.. settings.Routes.Select(route => route.Filter)]);
        }

        public async Task SeesAsync(HealthState state)
        {
            check.Sees = state;
            await Engine.AdvanceAsync(Second(10));
        }

        public async ValueTask DisposeAsync()
        {
            Outbox.Dispose();
            await Engine.DisposeAsync();
        }
    }
}
