using System.Globalization;
using System.Text;

namespace Failover.Simulation;

/// <summary>A machine and all that stands around it, played step by step.</summary>
internal sealed partial class World
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    // Far more than anything needs at one moment.
    private const int MostRounds = 10_000;

    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SimulatedStore store = new();
    private readonly SimulatedTargets targets = new();
    private readonly Invariants promises;
    private readonly Action<MachineAction>? watch;
    private StringBuilder? trace;
    private HealthMachine machine = null!;
    private Configuration configuration;
    private TimeSpan now;
    private TimeSpan clock;
    private int processes;
    private int posts;
    private int? outputsToLive;
    private Crash? crash;

    /// <param name="start">What is served at first.</param>
    /// <param name="trace">Takes what happens, as text.</param>
    /// <param name="watch">Told of all that comes out of the machine.</param>
    public World(Configuration start, StringBuilder? trace = null, Action<MachineAction>? watch = null)
    {
        configuration = start;
        this.trace = trace;
        this.watch = watch;
        promises = new(this);
        store.Committed = promises.Committed;
        store.Delivered = promises.Delivered;
        StartProcess();
    }

    public HealthMachine Machine => machine;

    public SimulatedStore Store => store;

    public Configuration Configuration => configuration;

    public Instant Now => new(now);

    public int Process => processes;

    public DateTimeOffset WallNow => Wall;

    /// <summary>What a component serves now.</summary>
    public Snapshot Served(ServedComponent component) => component.Published.ReadAt(Now);

    /// <summary>What it would serve without an override.</summary>
    public Snapshot Beneath(ServedComponent component) => component.Published.WithoutOverride.ReadAt(Now);

    private DateTimeOffset Wall => Epoch + now + clock;

    /// <summary>Plays a whole history, and then has all faults stop.</summary>
    /// <exception cref="InvariantViolation">Something does not hold.</exception>
    public static void Play(History history, StringBuilder? trace = null)
    {
        trace?.Append(history.Start).Append('\n');
        World world = new(history.Start, trace);
        foreach (SimulationEvent step in history.Steps)
        {
            world.Happen(step);
        }

        world.Converge();
    }

    public void Happen(SimulationEvent step)
    {
        // No two things happen at one moment.
        Advance(TimeSpan.FromMilliseconds(1));
        if (crash is { } before)
        {
            Restart(before);
        }

        trace?.Append(CultureInfo.InvariantCulture, $"{now.TotalSeconds, 9:0.000}  {step}\n");
        promises.Before(step);
        Do(step);
        if (crash is { } due)
        {
            Restart(due);
        }

        promises.After(step);
    }

    private Crash? dying;
    private TreeBuilder? served;
    private int reloads;

    private ServedComponent? ComponentAt(int index) =>
        configuration.Components.IsEmpty
            ? null
            : machine.Find(configuration.Components[index % configuration.Components.Length].Name);

    private void StartProcess()
    {
        processes++;
        machine = new(string.Create(CultureInfo.InvariantCulture, $"process{processes}"), isDurable: true, MaxAge);
        TreeBuilder builder = new(configuration);
        served = builder;
        machine.Replace(machine.Prepare(builder.Components(), builder.Names), Now, Wall);
        machine.TakeActions();
        machine.Notify([NotificationInvariants.Everything], Now, Wall);
        StoredState stored = store.Load();
        machine.Load(stored, Now, Wall);
        promises.Started(stored.AliveAt is { } alive && Wall - alive <= MaxAge);
        Work();
    }

    private void Restart(Crash died)
    {
        crash = null;
        dying = null;
        outputsToLive = null;
        targets.Clear();
        if (died.Remains == Remains.InFlight)
        {
            store.StoreInFlight();
        }

        promises.Died(died);
        store.Die();
        if (died.Remains == Remains.Corrupt)
        {
            store.Corrupt();
        }

        now += TimeSpan.FromMilliseconds(died.DownMilliseconds);
        StartProcess();
    }

    // Does all that is to be done, and what follows from it, at this moment.
    private void Work(Action<IReadOnlyList<MachineAction>>? first = null)
    {
        int rounds = 0;
        do
        {
            if (++rounds > MostRounds)
            {
                throw new InvariantViolation("rest", "the machine does not come to rest");
            }

            IReadOnlyList<MachineAction> actions = machine.TakeActions();
            if (rounds == 1)
            {
                first?.Invoke(actions);
            }

            foreach (MachineAction action in actions)
            {
                if (outputsToLive is { } left)
                {
                    outputsToLive = left - 1;
                    if (left <= 1)
                    {
                        crash = dying;
                        return;
                    }
                }

                Do(action);
            }
        } while (machine.HasActions || store.TryWork(machine, Now, Wall) || EndProbes());
    }

    private void Do(MachineAction action)
    {
        Tell(action);
        watch?.Invoke(action);
        switch (action)
        {
            case MachineAction.Probe probe:
                promises.Probed(probe);
                if (targets.Begin(probe, Now))
                {
                    machine.ProbeWaits(probe.Id, Now, Wall);
                }

                break;
            case MachineAction.Publish publish:
                promises.Published(publish.Component, publish.Snapshot);
                break;
            case MachineAction.Abandon abandon:
                targets.Abandon(abandon.Id);
                break;
            case MachineAction.Persist or MachineAction.Propose or MachineAction.Withdraw:
                promises.HandedOver(action);
                store.Add(action);
                break;
            case MachineAction.Answer answer:
                promises.Answered(answer.Ticket, answer.Snapshot);
                break;
            case MachineAction.Reply reply:
                promises.Replied(reply.Ticket, reply.Outcome);
                break;
            default:
                break;
        }
    }

    private void Tell(MachineAction action)
    {
        if (ActionText.Of(action) is { } line)
        {
            trace?.Append("           -> ").Append(line).Append('\n');
        }
    }

    private bool EndProbes()
    {
        if (!targets.TryTake(Now, out InFlight probe, out Observation seen))
        {
            return false;
        }

        End(probe, seen);
        return true;
    }

    private void End(InFlight probe, Observation seen)
    {
        trace?.Append(
            CultureInfo.InvariantCulture,
            $"           <- {probe.Check.Target} {seen.State.Word()}: {seen.Reason}\n"
        );
        promises.Seen(probe.Check, seen, probe.Started);
        machine.Observed(probe.Id, seen, probe.Started, Now, Now, Wall);
    }

    private void Advance(TimeSpan by)
    {
        TimeSpan end = now + by;
        int rounds = 0;
        while (crash is null)
        {
            if (++rounds > MostRounds)
            {
                throw new InvariantViolation("rest", "the timers do not come to rest");
            }

            Instant? timer = machine.NextTimer;
            Instant due = targets.NextDeadline(Now, before: new(end));
            if (timer is { } next)
            {
                due = Instant.Min(due, Instant.Max(Now, next));
            }

            bool isEnd = due.SinceStart >= end && !(timer <= due);
            now = due.SinceStart;
            machine.Advance(Now, Wall);
            Work();
            if (crash is null)
            {
                promises.Always();
            }

            if (isEnd)
            {
                return;
            }
        }
    }

    private void Freeze(TimeSpan by)
    {
        Instant from = Now;
        now += by;
        promises.Paused(from, Now);
        machine.Paused(from, Now, Now, Wall);
        Work();
        if (crash is null)
        {
            machine.Advance(Now, Wall);
            Work();
        }
    }

    // All faults stop: what is served comes to what the targets are.
    private void Converge()
    {
        if (crash is null && dying is { } never)
        {
            Restart(never);
        }

        trace?.Append(CultureInfo.InvariantCulture, $"{now.TotalSeconds, 9:0.000}  all faults stop\n");
        trace = null;
        foreach (string target in (string[])["p", "q", "r", "w", "v"])
        {
            Happen(new Target(target, Behaviour.Ok));
        }

        Happen(new SetDisk(Disk.Quick));
        promises.FaultsStopped();
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < 12; i++)
            {
                Happen(new Pass(1500));
                for (int component = 0; component < configuration.Components.Length; component++)
                {
                    Happen(new Poll(component));
                }
            }

            if (round < 3)
            {
                for (int component = 0; component < configuration.Components.Length; component++)
                {
                    Happen(new Post(component));
                }
            }
        }

        promises.Converged();
    }
}
