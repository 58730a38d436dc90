namespace Failover.Simulation;

// What each step does.
internal sealed partial class World
{
    private void Do(SimulationEvent step)
    {
        crash = null;
        switch (step)
        {
            case Poll poll when ComponentAt(poll.Component) is { } component:
                object ticket = new();
                promises.Asked(ticket, component);
                machine.Request(ticket, component, Now, Wall);
                Work(component.Root.IsEvaluatedInBackground ? AnswerInvariants.OnlyRead : null);
                return;
            case Post post when ComponentAt(post.Component) is { } component:
                Post(post, component);
                return;
            case SetOverride set when ComponentAt(set.Component) is { } component:
                Set(set, component);
                return;
            case ClearOverride clear when NameAt(clear.Component) is { } name:
                Clear(clear, name);
                return;
            case ForgetLatches forget when NameAt(forget.Component) is { } name:
                Forget(forget, name);
                return;
            case Release:
                machine.ReleaseGuard(ComponentTree.TheGuard.Name, Now, Wall);
                break;
            case Beat beat:
                bool? isChange = machine.Beat(beat.Name, Report(beat.State), Now, Wall);
                if (isChange is not null)
                {
                    promises.Beaten(beat.Name, beat.State);
                }

                break;
            case Target target:
                targets.Set(target);
                break;
            case Pass pass:
                Advance(TimeSpan.FromMilliseconds(pass.Milliseconds));
                return;
            case Freeze freeze:
                Freeze(TimeSpan.FromMilliseconds(freeze.Milliseconds));
                return;
            case SetClock to:
                clock += TimeSpan.FromHours(to.Hours);
                break;
            case SetDisk disk:
                store.Disk = disk.Disk;
                break;
            case Next:
                store.Next(machine, Now, Wall);
                break;
            case LoseFile:
                store.LoseFile();
                machine.StoreBack(Now, Wall);
                break;
            case Reload reload:
                configuration = reload.To;
                // Every other time unchanged components are the same objects, as they are where a file is read again.
                TreeBuilder builder = new(configuration, ++reloads % 2 == 0 ? null : served);
                served = builder;
                machine.Replace(machine.Prepare(builder.Components(), builder.Names), Now, Wall);
                promises.Reloaded();
                break;
            case RejectedReload rejected:
                TreeBuilder unused = new(rejected.To);
                machine.Prepare(unused.Components(), unused.Names);
                promises.Rejected();
                break;
            case Crash die:
                outputsToLive = die.AfterOutputs;
                dying = die;
                if (die.AfterOutputs == 0)
                {
                    crash = die;
                }

                return;
            default:
                break;
        }

        Work();
    }

    private static Observation Report(HealthState state) =>
        state switch
        {
            HealthState.Ok => Observation.Ok("reported"),
            HealthState.Fail => Observation.Fail("reported"),
            _ => Observation.Error("reported"),
        };
}
