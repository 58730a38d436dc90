using System.Globalization;

namespace Failover.Simulation;

// What people decide about a component, and what they have seen of it.
internal sealed partial class World
{
    private readonly Dictionary<string, string> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> seenEarlier = new(StringComparer.Ordinal);

    private void Post(Post post, ServedComponent component) =>
        Operate(
            component.Name,
            post.Seen,
            "Armed",
            (ticket, audit, epoch) =>
            {
                promises.Posted(ticket, audit.User!, component);
                machine.Fire(ticket, component, audit, Now, Wall, epoch);
            }
        );

    private void Set(SetOverride set, ServedComponent component) =>
        Operate(
            component.Name,
            set.Seen,
            "override",
            (ticket, audit, epoch) =>
            {
                OverrideRequest request = new(
                    set.Kind,
                    "maintenance",
                    TimeSpan.FromMilliseconds(set.Milliseconds),
                    audit
                )
                {
                    Epoch = epoch,
                    MayHideLatch = set.MayHideLatch,
                };
                promises.OverrideAsked(ticket, component, request);
                machine.SetOverride(ticket, component, request, Now, Wall);
            }
        );

    private void Clear(ClearOverride clear, string name) =>
        Operate(
            name,
            clear.Seen,
            "override cleared",
            (ticket, audit, epoch) =>
            {
                promises.ClearAsked(ticket, audit);
                machine.ClearOverride(ticket, name, epoch, audit, Now, Wall);
            }
        );

    private void Forget(ForgetLatches forget, string name) =>
        Operate(
            name,
            forget.Seen,
            "forgotten",
            (ticket, audit, epoch) =>
            {
                promises.ForgetAsked(ticket, audit);
                machine.Forget(ticket, name, epoch, audit, Now, Wall);
            }
        );

    private void Operate(string name, Seen seen, string outcome, Action<object, PostAudit, string?> operation)
    {
        string user = string.Create(CultureInfo.InvariantCulture, $"user{++posts}");
        string? epoch = seen == Seen.Whatever ? null : EpochAs(seen, name);
        bool isOutdated = epoch is not null && epoch != machine.EpochOf(name);
        operation(new(), new(name, user, "::1", outcome), epoch);
        Work(isOutdated ? OverrideInvariants.OnlyOutdated : null);
    }

    private string EpochAs(Seen seen, string name)
    {
        string epoch = machine.EpochOf(name);
        promises.EpochRead(name, epoch);
        if (this.seen.TryGetValue(name, out string? before) && before != epoch)
        {
            seenEarlier[name] = before;
        }

        this.seen[name] = epoch;
        return seen == Seen.Earlier ? seenEarlier.GetValueOrDefault(name, "never seen") : epoch;
    }

    // A component, or one that is served no longer and of which something is left.
    private string? NameAt(int index)
    {
        string[] names =
        [
            .. configuration
                .Components.Select(component => component.Name)
                .Union(
                    machine
                        .Overrides.Select(one => one.Component)
                        .Concat(machine.Latches.SelectMany(latch => latch.Components))
                        .Order(StringComparer.Ordinal)
                ),
        ];
        return names.Length == 0 ? null : names[index % names.Length];
    }
}
