using System.Text;

namespace Failover.Simulation;

/// <summary>Histories as text: the configuration, then a line for each step, with what goes out of the machine and comes in below
/// it.</summary>
internal static class Trace
{
    /// <summary>Plays a history and tells it.</summary>
    public static string Of(History history)
    {
        StringBuilder trace = new();
        try
        {
            World.Play(history, trace);
        }
#pragma warning disable CA1031 // Whatever it is, it ends the trace.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            trace
                .Append("broken: ")
                .Append(exception is InvariantViolation ? exception.Message : exception.ToString())
                .Append('\n');
        }

        return trace.ToString();
    }
}
