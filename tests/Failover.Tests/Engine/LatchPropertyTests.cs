using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>A latch is left by an authorised fire that is stored, and by nothing else: whatever the disk does, whenever the
/// process dies, whatever is reloaded.</summary>
public sealed class LatchPropertyTests
{
    private const int Stories = 1000;

    [Fact]
    public void What_is_latched_in_the_store_is_never_served_as_ok() =>
        Check(from shape in AnyShape(LatchShape.OnDemand, LatchShape.JudgingLoop) select Alone(shape));

    [Fact]
    public void Two_components_are_latched_and_reset_as_what_they_share() =>
        Check(
            from mail in AnyShape(LatchShape.Absent, LatchShape.DeepShared)
            from relay in AnyShape(LatchShape.Absent, LatchShape.DeepShared)
            from isSharedDriven in Gen.Elements(true, false)
            select new LatchLayout(mail, relay, isSharedDriven)
        );

    private static void Check(Gen<LatchLayout> layouts)
    {
        Gen<(LatchLayout Layout, List<Move> Moves)> stories =
            from layout in layouts
            from moves in Gen.ListOf(AnyMove(layouts))
            select (layout, moves.ToList());

        Prop.ForAll(Arb.From(stories, Shorter), story => PlayAsync(story.Layout, story.Moves))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Stories).WithEndSize(80));
    }

    // Without a half, a quarter … of its moves, down to a single one.
    private static IEnumerable<(LatchLayout Layout, List<Move> Moves)> Shorter(
        (LatchLayout Layout, List<Move> Moves) story
    )
    {
        List<Move> moves = story.Moves;
        for (int length = (moves.Count + 1) / 2; length > 0; length /= 2)
        {
            for (int first = 0; first + length <= moves.Count; first += length)
            {
                yield return (story.Layout, [.. moves[..first], .. moves[(first + length)..]]);
            }
        }
    }

    private static LatchLayout Alone(LatchShape shape) => new(shape, LatchShape.Absent, IsSharedDriven: false);

    private static Gen<LatchShape> AnyShape(LatchShape first, LatchShape last) =>
        from shape in Gen.Choose((int)first, (int)last)
        select (LatchShape)shape;

    private static Gen<Move> AnyMove(Gen<LatchLayout> layouts)
    {
        Gen<string> components = Gen.Elements<string>(LatchLayout.Components);
        return Gen.Frequency(
            (6, Gen.Constant<Move>(new Poll())),
            (
                5,
                from toggle in Gen.Elements<string>([.. LatchLayout.Components, LatchLayout.Shared])
                from sees in Gen.Elements(Ok, Fail, Fail, Error)
                select (Move)new Turns(toggle, sees)
            ),
            (4, from tenths in Gen.Choose(1, 60) select (Move)new Passes(tenths)),
            (4, from component in components select (Move)new Fires(component)),
            (2, from disk in Gen.Elements(Enum.GetValues<LatchDisk>()) select (Move)new Disk(disk)),
            (4, Gen.Constant<Move>(new Stores())),
            (2, Gen.Constant<Move>(new Fails())),
            (1, Gen.Constant<Move>(new Calms())),
            (
                1,
                from stored in Gen.Choose(0, 3)
                from hours in Gen.Elements(0, 0, 2)
                select (Move)new Dies(stored, hours, Next: null)
            ),
            (
                1,
                from stored in Gen.Choose(0, 3)
                from hours in Gen.Elements(0, 2)
                from next in layouts
                select (Move)new Dies(stored, hours, next)
            ),
            (1, from next in layouts select (Move)new Reloads(next))
        );
    }

    private abstract record Move;

    private sealed record Poll : Move;

    private sealed record Turns(string Toggle, HealthState Sees) : Move;

    private sealed record Passes(int Tenths) : Move;

    private sealed record Fires(string Component) : Move;

    private sealed record Disk(LatchDisk Is) : Move;

    private sealed record Stores : Move;

    private sealed record Fails : Move;

    private sealed record Calms : Move;

    private sealed record Dies(int Stored, int Hours, LatchLayout? Next) : Move;

    private sealed record Reloads(LatchLayout Next) : Move;

    private static async Task<bool> PlayAsync(LatchLayout layout, List<Move> moves)
    {
        await using LatchWorld world = new(layout);
        await world.StartAsync();
        foreach ((int index, Move move) in moves.Append(new Calms()).Index())
        {
            world.Story = $"at {index} {move} of {layout}: {string.Join(", ", moves)}";
            await HappenAsync(world, move);
            world.Check();
        }

        return true;
    }

    private static async Task HappenAsync(LatchWorld world, Move move)
    {
        switch (move)
        {
            case Poll:
                await world.PollAsync();
                break;
            case Turns turns:
                world.Turn(turns.Toggle, turns.Sees);
                break;
            case Passes passes:
                await world.PassAsync(passes.Tenths);
                break;
            case Fires fires:
                await world.FireAsync(fires.Component);
                break;
            case Disk disk:
                await world.DiskAsync(disk.Is);
                break;
            case Stores:
                await world.StoreAsync();
                break;
            case Fails:
                await world.FailAsync();
                break;
            case Calms:
                await world.CalmAsync();
                break;
            case Dies dies:
                await world.DieAsync(dies.Stored, Hour(dies.Hours), dies.Next);
                break;
            case Reloads reloads:
                await world.ReloadAsync(reloads.Next);
                break;
            default:
                throw new InvalidOperationException($"no such move: {move}");
        }
    }
}
