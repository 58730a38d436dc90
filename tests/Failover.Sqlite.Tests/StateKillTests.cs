using System.Globalization;

namespace Failover;

/// <summary>A process is killed at each call by which it changes a file, one after the other: promise 1 of what is
/// acknowledged.</summary>
public sealed class StateKillTests : IDisposable
{
    // strace counts in each thread: opening is one, storing another.
    private const string Calls = "pwrite64,write,fdatasync,fsync,ftruncate,unlink,rename,link";

    private const int Killed = 128 + 9;

    private readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task A_file_whose_making_is_cut_short_is_made_by_the_next_process() =>
        KilledEverywhereAsync(
            StateProcess.OpenAsync,
            () => Task.CompletedTask,
            (_, state, _) => state.IsLike(StoredState.Empty).ShouldBeTrue()
        );

    [Fact]
    public async Task What_was_acknowledged_comes_back_or_what_was_in_flight()
    {
        StoredState[] after = await StateProcess.AfterEachAsync();
        await KilledEverywhereAsync(
            StateProcess.WriteAllAsync,
            () => folder.StoreAsync(),
            (acknowledged, state, _) =>
            {
                state.Loss.ShouldBeNull();
                after[acknowledged..].Take(2).ShouldContain(known => known.IsLike(state));
            },
            atLeast: 40
        );
    }

    [Fact]
    public Task A_damaged_file_is_put_aside_and_the_loss_is_known_wherever_that_is_cut_short() =>
        KilledEverywhereAsync(
            StateProcess.OpenAsync,
            () => File.WriteAllTextAsync(folder.File, "damaged"),
            (_, state, _) =>
            {
                state.Loss.ShouldNotBeNull();
                folder
                    .Names.Count(name =>
                        name.StartsWith("state.db.corrupt", StringComparison.Ordinal)
                        && File.ReadAllText(Path.Combine(folder.Place, name)) == "damaged"
                    )
                    .ShouldBe(1);
            }
        );

    [Fact]
    public async Task A_loss_is_known_until_something_is_stored_after_it()
    {
        StoredState[] after = await StateProcess.AfterEachAsync();
        await KilledEverywhereAsync(
            StateProcess.WriteAllAsync,
            async () =>
            {
                await File.WriteAllTextAsync(folder.File, "damaged");
                await folder.LoadAsync();
            },
            (acknowledged, state, _) =>
            {
                after[acknowledged..].Take(2).ShouldContain(known => known.IsLike(state));
                // The kill may come between the storing and the word of it.
                bool isStored = acknowledged > 0 || !state.IsLike(after[0]);
                (state.Loss is null && !isStored).ShouldBeFalse("a loss that nothing was stored after is known");
                (state.Loss is not null && acknowledged > 0).ShouldBeFalse("a loss is known no longer than that");
            },
            last: 25
        );
    }

    [Fact]
    public async Task A_file_that_is_lost_while_in_use_is_renewed_or_known_to_be_lost() =>
        await KilledEverywhereAsync(
            StateProcess.LoseAsync,
            () => Task.CompletedTask,
            (_, state, output) =>
            {
                bool isNoticed = output.Contains("Lost", StringComparison.Ordinal);
                bool isStored = output.Contains("stored", StringComparison.Ordinal);
                if (isStored)
                {
                    state.Loss.ShouldBeNull(output);
                }

                if (isNoticed || isStored)
                {
                    (state.Loss is not null || state.Failed().Contains("/mail")).ShouldBeTrue(output);
                }
            },
            atLeast: 30
        );

    private async Task KilledEverywhereAsync(
        Func<Task> method,
        Func<Task> prepare,
        Action<int, StoredState, string> check,
        int last = 1000,
        int atLeast = 15
    )
    {
        Strace.NeededOrSkip();
        for (int call = 1; call <= last; call++)
        {
            folder.Clear();
            await prepare();
            string within = string.Create(
                CultureInfo.InvariantCulture,
                $"{Strace.Of(folder.File, Calls)} -e inject={Calls}:signal=KILL:when={call}"
            );
            (int code, string output, string errors) = await SeparateProcess.EndAsync(
                method,
                StateProcess.Shell(folder.File),
                within
            );

            code.ShouldBeOneOf([0, Killed], errors);
            check(StateProcess.Acknowledged(output), await folder.LoadAsync(), output);
            if (code == 0)
            {
                // The last one found nothing to be killed at, and there were some before.
                call.ShouldBeGreaterThan(atLeast, output + errors);
                return;
            }
        }
    }
}
