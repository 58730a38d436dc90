namespace Failover;

/// <summary>A check of a target that each request names: what blackbox_exporter calls a module.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Check">The check, with an example in the place of its target.</param>
internal sealed record ProbeModule(string Name, ProbeCheck Check)
{
    private const string Timeout = "timeout";

    /// <summary>The check of a target.</summary>
    /// <param name="target">As it was asked for.</param>
    /// <param name="atMost">How long it may take at most; null: what its own timeout says.</param>
    /// <exception cref="ArgumentException">It is no target of such a check. The message says what is accepted.</exception>
    public ProbeCheck WithTarget(string target, TimeSpan? atMost)
    {
        TaskKind kind = Check.OwnKind!;
        TargetForm form = kind.Target!;
        object?[] values = [.. Check.Values];
        if (form.Form.Split(target) is not { } parts)
        {
            throw Refused(target, form.Form.Accepted);
        }

        foreach ((ScalarOption option, string text) in parts)
        {
            Parsed parsed = option.Parse(text);
            values[kind.Options.IndexOf(option)] = parsed.IsValue
                ? parsed.Value
                : throw Refused(target, parts.Count == 1 ? option.Accepted : form.Form.Accepted);
        }

        foreach (Option other in form.Others)
        {
            values[kind.Options.IndexOf(other)] = null;
        }

        int timeout = kind.Options.IndexOf(kind.Options.Single(option => option.Name == Timeout));
        if (atMost < (TimeSpan)values[timeout]!)
        {
            values[timeout] = atMost;
        }

        return (ProbeCheck)kind.Make!([.. values]);
    }

    private static ArgumentException Refused(string target, string accepted) =>
        new($"target is {Printable.Quoted(target)}; accepted: {accepted}", nameof(target));
}
