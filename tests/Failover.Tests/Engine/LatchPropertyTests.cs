using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>A latch is left by an authorised fire that is stored, and by nothing else: whatever the disk does, whenever the
/// process dies, whatever is reloaded.</summary>
public sealed class LatchPropertyTests
{
    private const int Stories = 400;

    [Fact]
    public void What_is_latched_in_the_store_is_never_served_as_ok()
    {
        Gen<(int Shape, List<Move> Moves)> stories =
            from shape in Gen.Choose(0, Tree.Shapes - 1)
            from moves in Gen.ListOf(AnyMove)
            select (shape, moves.ToList());

        Prop.ForAll(stories.ToArbitrary(), story => PlayAsync(story.Shape, story.Moves))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Stories).WithEndSize(80));
    }

    private static Gen<Move> AnyMove =>
        Gen.Frequency(
            (6, Gen.Constant<Move>(new Poll())),
            (5, from sees in Gen.Elements(Ok, Fail, Fail, Error) select (Move)new Turns(sees)),
            (4, from tenths in Gen.Choose(1, 60) select (Move)new Passes(tenths)),
            (3, Gen.Constant<Move>(new Fires())),
            (2, from isQuick in Gen.Elements(true, false) select (Move)new Disk(isQuick)),
            (4, Gen.Constant<Move>(new Stores())),
            (2, Gen.Constant<Move>(new Fails())),
            (1, from stored in Gen.Choose(0, 3) select (Move)new Dies(stored)),
            (1, from shape in Gen.Choose(0, Tree.Shapes - 1) select (Move)new Reloads(shape))
        );

    private abstract record Move;

    private sealed record Poll : Move;

    private sealed record Turns(HealthState Sees) : Move;

    private sealed record Passes(int Tenths) : Move;

    private sealed record Fires : Move;

    private sealed record Disk(bool IsQuick) : Move;

    private sealed record Stores : Move;

    private sealed record Fails : Move;

    private sealed record Dies(int Stored) : Move;

    private sealed record Reloads(int Shape) : Move;

    private static async Task<bool> PlayAsync(int shape, List<Move> moves)
    {
        await using World world = new(shape);
        await world.StartAsync();
        foreach ((int index, Move move) in moves.Index())
        {
            await HappenAsync(world, move);
            world.Settle();
            world.Check($"at {index} {move} of {shape}: {string.Join(", ", moves)}");
        }

        return true;
    }

    private static Task HappenAsync(World world, Move move) =>
        move switch
        {
            Poll => world.PollAsync(),
            Turns turns => world.TurnAsync(turns.Sees),
            Passes passes => world.PassAsync(passes.Tenths),
            Fires => world.FireAsync(),
            Disk disk => world.DiskAsync(disk.IsQuick),
            Stores => world.StoreAsync(),
            Fails => world.FailAsync(),
            Dies dies => world.DieAsync(dies.Stored),
            Reloads reloads => world.ReloadAsync(reloads.Shape),
            _ => throw new InvalidOperationException($"no such move: {move}"),
        };

    /// <summary>The trees that a component has in turn.</summary>
    private sealed class Tree(int shape, ScriptedCheck check)
    {
        public const int Shapes = 6;

        public Oneshot Reset { get; } = new();

        public HealthTask Task =>
            shape switch
            {
                0 => new Toggle(check, Reset),
                1 => new Toggle(new Background(check, Second(1)), Reset),
                2 => new Background(new Toggle(check, Reset), Second(1)),
                3 => new Toggle(new Hysteresis(check, failAfter: Count(2)), Reset),
                4 => new Background(new Hysteresis(new Toggle(check, Reset)), Second(1)),
                _ => new Hysteresis(new Background(new Toggle(check, Reset), Second(1))),
            };
    }

    private sealed class World(int firstShape) : IAsyncDisposable
    {
        private readonly ScriptedStore store = new();
        private readonly ScriptedCheck check = new();
        private readonly List<Task<FireOutcome>> fires = [];
        private int shape = firstShape;
        private Tree tree = null!;
        private EngineUnderTest test = null!;
        private DateTimeOffset wallClock = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        private HealthState? answer;

        public async Task StartAsync()
        {
            test = new(store);
            test.Time.WallClock = wallClock;
            Serve(shape);
            await test.StartAsync();
        }

        /// <summary>Waits until the engine has seen what has become of its writes.</summary>
        public void Settle() =>
            SpinWait
                .SpinUntil(() => test.Engine.WritesBehind <= store.Awaited, Second(30))
                .ShouldBeTrue("what is stored is seen");

        public async Task PollAsync()
        {
            // A fail is served no later than so, whatever the store does; twice, for a turn on the way may have moved.
            await test.AdvanceAsync(Gate.FailPatience);
            await test.AdvanceAsync(Gate.FailPatience);
            Settle();
            Task<HealthState> poll = EngineUnderTest.PollAsync(test.Of("mail"));
            await test.Engine.WhenIdleAsync();
            // What it has moved is on its way to the store: it does not wait for ever.
            test.Time.Advance(poll.IsCompleted ? TimeSpan.Zero : Gate.FailPatience);
            answer = await poll;
        }

        public Task TurnAsync(HealthState sees)
        {
            check.Sees = sees;
            return Task.CompletedTask;
        }

        public Task PassAsync(int tenths) => test.AdvanceAsync(Second(tenths * 0.1), step: Second(0.1));

        public Task FireAsync()
        {
            fires.Add(test.Engine.FireAsync(tree.Reset, new PostAudit("mail", "alice", "::1", "Armed")));
            return Task.CompletedTask;
        }

        public async Task DiskAsync(bool isQuick)
        {
            while (store.Waiting > 0)
            {
                await StoreAsync();
            }

            store.IsQuick = isQuick;
        }

        public Task StoreAsync()
        {
            if (store.Waiting > 0)
            {
                store.StoreNext();
                Settle();
            }

            return Task.CompletedTask;
        }

        public Task FailAsync()
        {
            if (store.Waiting > 0)
            {
                store.FailNext();
            }

            return Task.CompletedTask;
        }

        /// <summary>The process dies: of what waits, only the first are stored.</summary>
        public async Task DieAsync(int stored)
        {
            wallClock = test.Time.GetUtcNow();
            while (stored-- > 0)
            {
                await StoreAsync();
            }

            store.IsQuick = false;
            await test.DisposeAsync();
            store.Forget();
            store.IsQuick = true;
            await StartAsync();
            await PollAsync();
        }

        public async Task ReloadAsync(int other)
        {
            shape = other;
            Serve(other);
            await test.Engine.WhenIdleAsync();
            await PollAsync();
        }

        public void Check(string story)
        {
            bool isLatched = !store.Load().Latches.IsEmpty;
            if (answer == Ok)
            {
                isLatched.ShouldBeFalse($"ok is served, {story}");
            }

            answer = null;
        }

        public async ValueTask DisposeAsync()
        {
            await test.DisposeAsync();
            await store.DisposeAsync();
        }

        private void Serve(int of)
        {
            tree = new(of, check);
            test.Replace(("mail", tree.Task));
        }
    }
}
