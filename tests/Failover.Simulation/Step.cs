using System.Globalization;

namespace Failover.Simulation;

/// <summary>One thing that happens: to the machine, to its targets, its store, its process or its configuration.</summary>
internal abstract record SimulationEvent
{
    protected static string Seconds(int milliseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.0##}s");
}

internal sealed record Poll(int Component) : SimulationEvent
{
    public override string ToString() => $"poll {Component}";
}

internal sealed record Post(int Component) : SimulationEvent
{
    public Seen Seen { get; init; }

    public override string ToString() => $"post {Component}{SeenText.Of(Seen)}";
}

/// <summary>A person ends the delay of the guard.</summary>
internal sealed record Release : SimulationEvent
{
    public override string ToString() => "release";
}

/// <summary>A job reports to a heartbeat.</summary>
internal sealed record Beat(string Name, HealthState State) : SimulationEvent
{
    public override string ToString() => $"beat {Name} {State.Word()}";
}

/// <summary>What probes of a target come to from now on.</summary>
internal enum Behaviour
{
    Ok,
    Fail,
    Error,

    /// <summary>Its name has no address.</summary>
    Unresolved,

    /// <summary>It does not answer: a probe ends at its deadline.</summary>
    Silent,

    /// <summary>A probe never ends.</summary>
    Stuck,

    /// <summary>So many others are probed that a probe has to wait, and at its deadline has not begun.</summary>
    Limited,
}

internal sealed record Target(string Name, Behaviour Behaviour) : SimulationEvent
{
    public override string ToString() => $"target {Name} {Behaviour.ToString().ToLowerInvariant()}";
}

internal sealed record Pass(int Milliseconds) : SimulationEvent
{
    public override string ToString() => $"advance {Seconds(Milliseconds)}";
}

/// <summary>The process does not run for a while.</summary>
internal sealed record Freeze(int Milliseconds) : SimulationEvent
{
    public override string ToString() => $"pause {Seconds(Milliseconds)}";
}

internal sealed record SetClock(int Hours) : SimulationEvent
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"clock {Hours}h");
}

/// <summary>How the store answers from now on.</summary>
internal enum Disk
{
    Quick,

    /// <summary>Nothing is answered before <see cref="Next"/>.</summary>
    Slow,

    /// <summary>Full: proposals are refused, writes wait.</summary>
    Full,

    /// <summary>Nobody knows what became of proposals; each second one is stored.</summary>
    Unsure,
}

internal sealed record SetDisk(Disk Disk) : SimulationEvent
{
    public override string ToString() => $"store {Disk.ToString().ToLowerInvariant()}";
}

/// <summary>The store does the next thing that it was asked for.</summary>
internal sealed record Next : SimulationEvent
{
    public override string ToString() => "store next";
}

/// <summary>The file of the store is gone; a new one can be made at once.</summary>
internal sealed record LoseFile : SimulationEvent
{
    public override string ToString() => "store lost";
}

internal sealed record Reload(Configuration To) : SimulationEvent
{
    public override string ToString() => $"reload\n  {To.ToString().Replace("\n", "\n  ", StringComparison.Ordinal)}";
}

/// <summary>Another configuration is read and planned for, and then rejected: what is served stays.</summary>
internal sealed record RejectedReload(Configuration To) : SimulationEvent
{
    public override string ToString() =>
        $"rejected reload\n  {To.ToString().Replace("\n", "\n  ", StringComparison.Ordinal)}";
}

/// <summary>What a crash leaves of the state file.</summary>
internal enum Remains
{
    /// <summary>All that was acknowledged; the write in flight is rolled back.</summary>
    Acknowledged,

    /// <summary>The write in flight as well: it was stored, and nobody was told.</summary>
    InFlight,

    /// <summary>A file that was torn: it cannot be read.</summary>
    Corrupt,
}

/// <summary>The process dies after so many more outputs, at the latest at the next step, and is started again.</summary>
internal sealed record Crash(int AfterOutputs, int DownMilliseconds, Remains Remains) : SimulationEvent
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"crash after {AfterOutputs} outputs, down {Seconds(DownMilliseconds)}"
        )
        + Remains switch
        {
            Remains.Acknowledged => "",
            Remains.InFlight => ", write in flight stored",
            Remains.Corrupt => ", file corrupt",
            _ => throw new InvalidOperationException($"no such remains: {Remains}"),
        };
}

/// <summary>A whole history, made from a seed.</summary>
internal sealed record History(int Seed, Configuration Start, IReadOnlyList<SimulationEvent> Steps)
{
    public static History Of(int seed)
    {
        Random random = new(seed);
        RandomTrees trees = new(random) { HasHeartbeats = seed % 4 == 3 };
        Configuration start = trees.Configuration();
        Configuration current = start;
        List<SimulationEvent> steps = [];
        for (int i = random.Next(10, 70); i > 0; i--)
        {
            SimulationEvent step = Any(random, trees, ref current);
            steps.Add(step);
        }

        return new(seed, start, OverrideStories.AreIn(seed) ? OverrideStories.Among(steps, seed) : steps);
    }

    private static SimulationEvent Any(Random random, RandomTrees trees, ref Configuration current)
    {
        Configuration configuration = current;
        switch (random.Next(100))
        {
            case < 25 when trees.HasHeartbeats && random.Next(2) == 0:
                string[] names =
                [
                    .. current
                        .Components.SelectMany(component => configuration.AllOf(component.Task))
                        .OfType<HeartbeatTree>()
                        .Select(heartbeat => heartbeat.Name),
                    "h0",
                ];
                return new Beat(
                    names[random.Next(names.Length)],
                    random.Next(8) switch
                    {
                        0 => HealthState.Error,
                        < 3 => HealthState.Fail,
                        _ => HealthState.Ok,
                    }
                );
            case < 25:
                return new Poll(random.Next(4));
            case < 45:
                return new Target(
                    "pqrwv"[random.Next(5)].ToString(),
                    (Behaviour)(
                        random.Next(10) switch
                        {
                            < 3 => 0,
                            < 6 => 1,
                            6 => 2,
                            7 => 3,
                            8 => 4,
                            _ => random.Next(5, 7),
                        }
                    )
                );
            case < 65:
                return new Pass(random.Next(4) == 0 ? random.Next(1, 300) : random.Next(1, 60) * 100);
            case < 77 when current.Components.Any(component => component.HasGuard) && random.Next(6) == 0:
                return new Release();
            case < 77:
                return new Post(random.Next(4));
            case < 80:
                return new SetDisk((Disk)random.Next(4));
            case < 83:
                return new Next();
            case < 91:
                current = trees.Edit(current);
                return new Reload(current);
            case < 92:
                return new RejectedReload(trees.Edit(current));
            case < 96:
                return new Crash(
                    random.Next(12),
                    random.Next(3) == 0 ? 7_200_000 : random.Next(1, 10_000),
                    random.Next(8) switch
                    {
                        0 => Remains.Corrupt,
                        < 4 => Remains.InFlight,
                        _ => Remains.Acknowledged,
                    }
                );
            case < 98:
                return new Freeze(random.Next(1, 60) * 100);
            case < 99:
                return new SetClock(random.Next(-100_000, 100_000));
            default:
                return new LoseFile();
        }
    }
}
