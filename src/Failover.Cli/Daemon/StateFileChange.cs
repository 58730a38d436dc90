using System.Globalization;

namespace Failover;

/// <summary>Configurations that name another state file than the one in use. Latches are stored in the file that was opened at the start; a
/// start with another one continues from it (<see cref="StateMove"/>).</summary>
/// <param name="started">What was configured at the start.</param>
internal sealed class StateFileChange(FailoverConfiguration started)
{
    private const int MostNames = 5;

    private string? planned;

    /// <summary>What a configuration says of state that needs a restart, in a sentence each.</summary>
    public string[] Pending(FailoverConfiguration next)
    {
        string[] state =
            next.State == started.State ? []
            : IsMove(next) ? ["state: another file needs a restart, which moves the state there"]
            : ["state: another file or age needs a restart"];
        // One that follows the state file changes with it.
        bool isHistoryToFollow = HistorySettings.FileBeside(next.State.File) == next.History.File && state.Length > 0;
        return next.History == started.History || isHistoryToFollow
            ? state
            : [.. state, "history: another file, age or size needs a restart"];
    }

    /// <summary>Has the next start with this configuration continue from the file in use, also where the configuration is refused for
    /// another reason: it is what the next start reads.</summary>
    /// <param name="next">What is to be served.</param>
    /// <param name="components">What is served.</param>
    /// <returns>Why the change is refused, and what is accepted; null where it is not.</returns>
    public string? Take(FailoverConfiguration next, IReadOnlyCollection<Component> components)
    {
        if (planned is { } before && before != next.State.File)
        {
            planned = null;
            StateMove.Cancel(before);
        }

        if (!IsMove(next))
        {
            return next.State.File == started.State.File ? null : ProblemWithoutFile(next, components);
        }

        try
        {
            if (planned is null)
            {
                StateMove.Plan(started.State.File!, next.State.File!);
                planned = next.State.File;
            }

            return null;
        }
        catch (StateStoreException fault)
        {
            return $"{next.File}: {fault.Message}\n  accepted: {Text(started)}, or another file that can be used";
        }
    }

    private bool IsMove(FailoverConfiguration next) =>
        (started.State.File, next.State.File) is ({ } from, { } to) && from != to;

    private string? ProblemWithoutFile(FailoverConfiguration next, IReadOnlyCollection<Component> components)
    {
        string[] latched =
        [
            .. components
                .Where(component => component.LastKnown().IsLatched)
                .Select(component => $"/{Printable.Escape(component.Name)}"),
        ];
        if (latched.Length == 0)
        {
            return null;
        }

        int others = latched.Length - MostNames;
        string more =
            others > 0
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $" and {others} other component{(others == 1 ? "" : "s")}"
                )
                : "";
        return $"{next.File}: state is {Text(next)}, without the latches of {string.Join(", ", latched.Take(MostNames))}{more}\n"
            + $"  accepted: {Text(started)}, or this once they have been reset: failover reset NAME";
    }

    private static string Text(FailoverConfiguration of) =>
        of.State.File is { } file ? Printable.Quoted(file) : "memory";
}
