using System.Globalization;

namespace Failover;

/// <summary>A configuration that names another state file than the one in use.</summary>
internal static class StateFileChange
{
    private const int MostNames = 5;

    /// <summary>Why it is refused, and what is accepted; null where it is not. Latches are stored in the file that was opened at the
    /// start: a restart with another one would begin without them.</summary>
    /// <param name="started">What was configured at the start.</param>
    /// <param name="next">What is to be served.</param>
    /// <param name="components">What is served.</param>
    public static string? Problem(
        FailoverConfiguration started,
        FailoverConfiguration next,
        IReadOnlyCollection<Component> components
    )
    {
        if (next.State.File == started.State.File)
        {
            return null;
        }

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
            + $"  accepted: {Text(started)}, or another file once they have been reset: failover reset NAME";
    }

    private static string Text(FailoverConfiguration of) =>
        of.State.File is { } file ? Printable.Quoted(file) : "memory";
}
