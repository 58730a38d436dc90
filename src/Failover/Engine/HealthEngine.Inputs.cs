namespace Failover;

// What comes from the timer, the probes, the store and the schedule of maintenance: each is one input of the machine.
internal sealed partial class HealthEngine
{
    private void Advance()
    {
        using Input input = Enter();
        timer.Clear();
        machine.Advance(input.Now, input.Wall);
    }

    private void Observed(long probe, Observation seen, Instant started, Instant ended)
    {
        using (Input input = Enter())
        {
            machine.Observed(probe, seen, started, ended, input.Now, input.Wall);
        }

        pauses.End();
        activity.Leave();
    }

    private void ProbeWaits(long probe)
    {
        using Input input = Enter();
        machine.ProbeWaits(probe, input.Now, input.Wall);
    }

    private void Stored(long sequence, long revision)
    {
        using Input input = Enter();
        machine.Stored(sequence, revision, input.Now, input.Wall);
    }

    private void Settled(string operation, CommitResult result)
    {
        using Input input = Enter();
        machine.Settled(operation, result, input.Now, input.Wall);
    }

    /// <inheritdoc cref="HealthMachine.Maintain"/>
    public void Maintain(IReadOnlyList<MaintenanceWindow> open)
    {
        using Input input = Enter();
        machine.Maintain(open, input.Now, input.Wall);
    }

    private void StoreBack()
    {
        using (Input input = Enter())
        {
            machine.StoreBack(input.Now, input.Wall);
        }

        Deliveries?.StoreAgain();
    }
}
