namespace Failover;

/// <summary>Leaves out of tasks what the file would refuse: a pattern with lookaround, a header that the check sets itself, a URL without a
/// host. The index of tasks says what that is.</summary>
/// <param name="line">Where the component begins in the source.</param>
/// <param name="remarks">Takes what is left out.</param>
internal sealed class ConvertedOptions(int line, ConvertedMap remarks)
{
    private int refusals;

    /// <summary>The task without that; null where nothing is left of it.</summary>
    public ConvertedMap? Accepted(ConvertedMap task)
    {
        ConvertedMap accepted = new();
        bool isWhole = true;
        foreach (
            (string key, ConvertedValue value) in task
                .Lines.Where(line => line.Key is not null)
                .Select(line => (line.Key!, line.Value!))
        )
        {
            ConvertedValue? kept =
                key == "all" ? All((ConvertedList)value)
                : key == "not" ? Negated((ConvertedMap)value)
                : KindKeys.All.TryGetValue(key, out KindKeys? kind) ? Options(kind, value)
                : value;
            isWhole &= kept is not null;
            if (kept is not null)
            {
                accepted.Add(key, kept);
            }
        }

        return isWhole ? accepted : null;
    }

    private ConvertedList? All(ConvertedList tasks)
    {
        ConvertedMap[] kept = [.. tasks.Items.Cast<ConvertedMap>().Select(Accepted).OfType<ConvertedMap>()];
        return kept.Length == 0 ? null : new(kept);
    }

    // Without one of its demands a check is ok more often, and its negation would fail more often.
    private ConvertedMap? Negated(ConvertedMap task)
    {
        int before = refusals;
        ConvertedMap? kept = Accepted(task);
        return refusals == before ? kept : null;
    }

    private ConvertedValue? Options(KindKeys kind, ConvertedValue given)
    {
        if (given is ConvertedText text)
        {
            var said = kind.Kind.ShortForm?.Split(text.Text) ?? [];
            return said.All(one => IsAccepted(kind, one.Option, one.Option.Key, one.Text)) ? given : null;
        }

        ConvertedMap kept = new();
        foreach (
            (string key, ConvertedValue value) in ((ConvertedMap)given)
                .Lines.Where(line => line.Key is not null)
                .Select(line => (line.Key!, line.Value!))
        )
        {
            Option? option = kind.Find(key) is { } index ? kind.Kind.Options[index] : null;
            if (Value(kind, option, key, value) is { } accepted)
            {
                kept.Add(key, accepted);
            }
            else if (option is { Default: null })
            {
                return null;
            }
        }

        return kept;
    }

    private ConvertedValue? Value(KindKeys kind, Option? option, string key, ConvertedValue value)
    {
        switch (option, value)
        {
            case (ScalarOption scalar, ConvertedText text):
                return IsAccepted(kind, scalar, key, text.Text) ? value : null;
            case (ListOption list, ConvertedList items):
                ConvertedValue[] kept =
                [
                    .. items.Items.Where(item =>
                        item is ConvertedText one && IsAccepted(kind, list.ItemOption, key, one.Text)
                    ),
                ];
                return kept.Length == 0 ? null : new ConvertedList(kept);
            case (MapOption map, ConvertedMap entries):
                ConvertedMap rest = entries.Without([
                    .. entries
                        .Lines.Where(entry =>
                            entry.Value is ConvertedText one
                            && !(
                                IsAccepted(kind, map.KeyOption, $"a key of {key}", entry.Key!)
                                && IsAccepted(kind, map.ValueOption, $"{entry.Key} of {key}", one.Text)
                            )
                        )
                        .Select(entry => entry.Key!),
                ]);
                return rest.Lines.Count == 0 ? null : rest;
            default:
                return value;
        }
    }

    private bool IsAccepted(KindKeys kind, ScalarOption option, string what, string text)
    {
        // What a variable holds is not known yet.
        bool isVariable = text.Replace("$${", "", StringComparison.Ordinal).Contains("${", StringComparison.Ordinal);
        if (
            isVariable
            || option.Parse(text.Replace("$${", "${", StringComparison.Ordinal)) is not { IsValue: false } refused
        )
        {
            return true;
        }

        refusals++;
        string shown = option.IsSecret ? "" : $" is {Printable.Quoted(text)}";
        string flaw = refused.Flaw.Length == 0 ? "" : $", {refused.Flaw}";
        remarks.Lose(line, $"{kind.Kind.Name}: {what}{shown}{flaw}; accepted: {option.Accepted}");
        return false;
    }
}
