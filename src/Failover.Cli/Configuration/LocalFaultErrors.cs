using System.Collections.Immutable;

namespace Failover;

/// <summary>Examines what checks need of this machine and of this user: a program, the right to send ICMP. A daemon serves without it, and each
/// probe is an error; <c>failover check</c> calls it one of the file.</summary>
internal static class LocalFaultErrors
{
    /// <summary>One for each check that cannot be made here, in the component that uses it first.</summary>
    public static ImmutableArray<ConfigurationError> Of(FailoverConfiguration configuration)
    {
        ConfigurationErrors errors = new();
        HashSet<HealthTask> seen = new(ReferenceEqualityComparer.Instance);
        foreach (ComponentDescription component in configuration.Components)
        {
            foreach (ProbeCheck check in TasksOf(component.Task).OfType<ProbeCheck>().Where(seen.Add))
            {
                if (FaultOf(check) is { } fault)
                {
                    errors.Add(
                        configuration.Positions.GetValueOrDefault(component.Name, new(configuration.File)),
                        Printable.Escape(
                            configuration.Secrets.Redact(
                                $"{check} in {Printable.Quoted(component.Name)} cannot be checked here: {fault}"
                            )
                        )
                    );
                }
            }
        }

        return errors.InOrder(configuration.Sources);
    }

    // It may ask a file system that does not answer.
    private static string? FaultOf(ProbeCheck check)
    {
        try
        {
            return FileThreads.OfChecks.Run(check.FullText, check.FindLocalFault);
        }
        catch (FileFault fault)
        {
            return fault.Message;
        }
    }

    private static IEnumerable<HealthTask> TasksOf(HealthTask task) => task.Children.SelectMany(TasksOf).Prepend(task);
}
