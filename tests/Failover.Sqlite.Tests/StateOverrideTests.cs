namespace Failover;

/// <summary>Overrides in the state file.</summary>
public sealed class StateOverrideTests : IDisposable
{
    private readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_is_committed_is_loaded()
    {
        StoredOverride[] overrides =
        [
            Override("mail", OverrideKind.Ok, HealthState.Ok),
            Override("shop/web", OverrideKind.Fail, HealthState.Fail),
            Override("Ünï 😀", OverrideKind.Hold, HealthState.Fail),
        ];
        await CommitAsync(new StateProposal("op") { Overrides = [.. overrides] });

        (await folder.LoadAsync()).Overrides.ShouldBe(overrides, ignoreOrder: true);
    }

    [Fact]
    public async Task Another_one_takes_its_place()
    {
        StoredOverride later = Override("mail", OverrideKind.Fail, HealthState.Fail) with { Id = "f2" };
        await CommitAsync(
            new("op1") { Overrides = [Override("mail", OverrideKind.Ok, HealthState.Ok)] },
            new("op2") { Overrides = [later], ForgottenOverrides = [IdOf("mail")] }
        );

        (await folder.LoadAsync()).Overrides.ShouldBe([later]);
    }

    [Fact]
    public async Task A_proposal_clears_it()
    {
        await CommitAsync(
            new("op1") { Overrides = [Override("mail", OverrideKind.Ok, HealthState.Ok)] },
            new("op2") { ForgottenOverrides = [IdOf("mail")] }
        );

        (await folder.LoadAsync()).Overrides.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_write_forgets_and_sets()
    {
        StoredOverride other = Override("web", OverrideKind.Hold, HealthState.Ok);
        await folder.StoreAsync(
            new() { Overrides = [Override("mail", OverrideKind.Ok, HealthState.Ok)] },
            new() { ForgottenOverrides = [IdOf("mail")], Overrides = [other] }
        );

        (await folder.LoadAsync()).Overrides.ShouldBe([other]);
    }

    [Fact]
    public async Task The_whole_state_takes_the_place_of_those_that_were_stored()
    {
        await folder.StoreAsync(
            new() { Overrides = [Override("mail", OverrideKind.Ok, HealthState.Ok)] },
            new() { IsWhole = true }
        );

        (await folder.LoadAsync()).Overrides.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_was_edited_by_hand_is_damage()
    {
        await folder.StoreAsync(new StateWrite { Overrides = [Override("mail", OverrideKind.Fail, HealthState.Fail)] });
        folder.Change("UPDATE override SET state = 'ok', kind = 'ok'");

        (await folder.LoadAsync()).Loss.ShouldNotBeNull().ShouldContain("edited by hand or damaged in table override");
    }

    private async Task CommitAsync(params StateProposal[] proposals)
    {
        await using SqliteStateStore store = folder.Store();
        store.Load();
        foreach (StateProposal proposal in proposals)
        {
            (await store.CommitAsync(proposal)).Outcome.ShouldBe(CommitOutcome.Committed);
        }
    }

    private static StoredOverride Override(string component, OverrideKind kind, HealthState state) =>
        new(
            component,
            kind,
            state,
            IdOf(component),
            "disk is\nreplaced",
            "alice",
            "192.0.2.9",
            new DateTimeOffset(2026, 1, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(7),
            TimeSpan.FromMilliseconds(3_599_999)
        )
        {
            MayHideLatch = kind == OverrideKind.Ok,
        };

    private static string IdOf(string component) => $"process-{component}";
}
