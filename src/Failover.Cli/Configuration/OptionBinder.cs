namespace Failover;

/// <summary>Makes the values of options of what the file says, by the type of the option.</summary>
/// <param name="texts">Puts secrets in.</param>
/// <param name="errors">Takes what is wrong.</param>
internal sealed class OptionBinder(Substitution texts, ConfigurationErrors errors)
{
    private const string HtpasswdKey = "htpasswd";

    private readonly Dictionary<string, SubstitutedText> passwordFiles = new(StringComparer.Ordinal);

    /// <summary>Where each password file is named first, by its path.</summary>
    public IReadOnlyDictionary<string, SubstitutedText> PasswordFiles => passwordFiles;

    /// <summary>How often something was asked for that is not in the text itself.</summary>
    public int Dependencies => texts.Dependencies;

    /// <summary>The value; null, and reported, where it is none.</summary>
    public object? Bind(Option option, YamlNode node) =>
        option switch
        {
            ThresholdOption threshold when node is YamlMap map => BindThreshold(threshold, map),
            ScalarOption scalar => BindScalar(scalar, option.Key, node),
            ListOption list => BindList(list, node),
            MapOption map => BindMap(map, node),
            AuthenticationOption => BindUsers(option.Key, node),
            PathOption => BindPath(node, option.Key, option.Accepted),
            _ => throw new ArgumentOutOfRangeException(nameof(option), option, "not an option that a file can say"),
        };

    /// <summary>The value that a text says; null, and not reported, where it says none.</summary>
    public object? Peek(ScalarOption option, YamlNode node) =>
        node is YamlText { IsEmpty: false } text && texts.Read(text) is { } given
            ? option.Parse(given.Text).Value
            : null;

    // One value, or several in a list. Each is reported by its place.
    private object? BindList(ListOption option, YamlNode node)
    {
        if (node is YamlText { IsEmpty: false })
        {
            return BindScalar(option.ItemOption, option.Key, node) is { } one ? option.Of([one]) : null;
        }

        if (node is not YamlList { Items.IsEmpty: false } list)
        {
            return Refuse(option, node);
        }

        List<object> values = [];
        foreach ((int index, YamlNode item) in list.Items.Index())
        {
            if (BindScalar(option.ItemOption, $"{option.Key}[{index}]", item) is { } value)
            {
                values.Add(value);
            }
        }

        return values.Count == list.Items.Length ? option.Of(values) : null;
    }

    private object? BindMap(MapOption option, YamlNode node)
    {
        if (node is not YamlMap { Entries.IsEmpty: false } map)
        {
            return Refuse(option, node);
        }

        List<(string, object)> entries = [];
        foreach (YamlEntry entry in map.Entries)
        {
            // Keys are what the file says: they take no secrets.
            SubstitutedText name = new(entry.Name, ShownAs: null, entry.Key.Position, IsSecret: false);
            object? key = Take(
                option.KeyOption.Parse(entry.Name),
                $"a key of {option.Key}",
                name,
                option.KeyOption.Accepted
            );
            object? value = BindScalar(
                option.ValueOption,
                $"{option.Key}[{Printable.Quoted(entry.Name)}]",
                entry.Value
            );
            if (key is string text && value is not null)
            {
                entries.Add((text, value));
            }
        }

        return entries.Count == map.Entries.Length ? option.Of(entries) : null;
    }

    private object? BindScalar(ScalarOption option, string name, YamlNode node)
    {
        // What is accepted is a text to be made: nearly always nobody asks for it.
        SubstitutedText? read = node is YamlText { IsEmpty: false } text
            ? texts.Read(text)
            : ReadText(node, name, option.Accepted);
        if (read is not { } given)
        {
            return null;
        }

        given = option.IsSecret ? texts.Conceal(given) : given;
        Parsed parsed = option.Parse(given.Text);
        return parsed.IsValue ? parsed.Value : Take(parsed, name, given, option.Accepted);
    }

    private object? Refuse(Option option, YamlNode node)
    {
        string shape = node is YamlList { Items.IsEmpty: true } or YamlMap { Entries.IsEmpty: true }
            ? $"an empty {(node is YamlList ? "list" : "mapping")}"
            : node.Shape;
        errors.Add(node.Position, $"{option.Key} is {shape}", option.Accepted);
        return null;
    }

    /// <summary>The text of a scalar; null, and reported, where the node is none.</summary>
    public SubstitutedText? ReadText(YamlNode node, string name, string accepted)
    {
        if (node is YamlText { IsEmpty: false } text)
        {
            return texts.Read(text);
        }

        errors.Add(node.Position, $"{name} is {node.Shape}", accepted);
        return null;
    }

    /// <summary>The text of a scalar that nothing shows; null, and reported, where the node is none.</summary>
    public SubstitutedText? ReadSecret(YamlNode node, string name, string accepted) =>
        ReadText(node, name, accepted) is { } given ? texts.Conceal(given) : null;

    /// <summary>What a constructor says about values that do not go together.</summary>
    /// <param name="refusal">What it throws.</param>
    /// <param name="kind">What it makes.</param>
    /// <param name="kindOptions">Its options.</param>
    public (string Problem, string? Accepted) Describe(
        ArgumentException refusal,
        string kind,
        IReadOnlyList<Option> kindOptions
    )
    {
        string message = refusal.Message.Split(" (Parameter '")[0];
        if (texts.IsReported(message))
        {
            return ($"the values of {kind} do not go together", null);
        }

        string[] parts = message.Split("; accepted: ");
        string problem = parts[0];
        foreach (Option option in kindOptions)
        {
            problem = problem.StartsWith($"{option.Name} is ", StringComparison.Ordinal)
                ? $"{option.Key}{problem[option.Name.Length..]}"
                : problem.Replace($" {option.Name}, ", $" {option.Key}, ", StringComparison.Ordinal);
        }

        return (Printable.Escape(problem), parts.Length > 1 ? WithKeys(parts[1]) : null);

        static string WithKeys(string text) =>
            KindKeys
                .All.Values.SelectMany(keys => keys.Kind.Options)
                .Aggregate(text, (spelt, option) => spelt.Replace(option.Name, option.Key, StringComparison.Ordinal));
    }

    /// <summary>The value that a text says; null, and reported, where it says none.</summary>
    public object? Parse(ScalarOption option, SubstitutedText given)
    {
        Parsed parsed = option.Parse(given.Text);
        return parsed.IsValue ? parsed.Value : Take(parsed, option.Key, given, option.Accepted);
    }

    /// <summary>The value; null, and reported, where there is none.</summary>
    public object? Take(Parsed parsed, string name, SubstitutedText given, string accepted)
    {
        if (!parsed.IsValue)
        {
            string flaw = parsed.Flaw.Length > 0 ? $", {parsed.Flaw}" : "";
            // A suggestion for a secret would disclose most of it.
            errors.Add(given.At, $"{name} is {given.Shown}{flaw}", accepted, given.IsSecret ? null : parsed.Meant);
        }

        return parsed.Value;
    }

    // {count: 5}, {duration: 1m, or: 5}, {count: 5, and: {duration: 1m, or: 10}}
    private Threshold? BindThreshold(ThresholdOption option, YamlMap map)
    {
        const string accepted = "count or duration, and beside it and, or, or neither";
        Threshold? first = null;
        YamlEntry? firstEntry = null;
        (YamlEntry Entry, Threshold Part)? join = null;
        bool isGood = true;
        foreach (YamlEntry entry in map.FixedEntries)
        {
            bool isFirst = entry.Name is "count" or "duration";
            bool isJoin = entry.Name is "and" or "or";
            if (!isFirst && !isJoin)
            {
                string? nearest = errors.Guess(entry.Name, ["count", "duration", "and", "or"]);
                errors.Add(
                    entry.Key.Position,
                    $"unknown key {Printable.Quoted(entry.Name)} in {option.Key}",
                    "and, count, duration, or",
                    nearest
                );
                isGood = false;
            }
            else if (isFirst ? first is not null : join is not null)
            {
                errors.Add(entry.Key.Position, $"{option.Key} has {entry.Name} beside another one", accepted);
                isGood = false;
            }
            else if (BindPart(option, entry) is not { } part)
            {
                isGood = false;
            }
            else if (isFirst)
            {
                (first, firstEntry) = (part, entry);
            }
            else
            {
                join = (entry, part);
            }
        }

        if (isGood && first is null)
        {
            errors.Add(map.Position, $"{option.Key} has neither count nor duration", accepted);
        }

        if (!isGood || first is null || join is not (var joined, { } second))
        {
            return isGood ? first : null;
        }

        // {count: 3, and: 30} is thirty observations, and was meant as 30 s.
        if (firstEntry is { Name: "count" } && joined.Value is YamlText && second is CountThreshold)
        {
            errors.Add(
                joined.Value.Position,
                $"{joined.Name} is a count, {second}, beside the count {first}",
                "a duration, as 30s",
                $"{second}s"
            );
            return null;
        }

        return joined.Name == "and" ? first & second : first | second;
    }

    private Threshold? BindPart(ThresholdOption option, YamlEntry entry)
    {
        if (entry.Name is "and" or "or")
        {
            return (Threshold?)Bind(option, entry.Value);
        }

        string accepted = entry.Name == "count" ? "1 or more observations" : "a duration over 0s";
        if (ReadText(entry.Value, entry.Name, accepted) is not { } given)
        {
            return null;
        }

        Parsed parsed = option.Parse(given.Text);
        bool isOther = parsed.IsValue && parsed.Value is CountThreshold != (entry.Name == "count");
        return (Threshold?)Take(isOther ? Parsed.Refused() : parsed, entry.Name, given, accepted);
    }

    /// <summary>Who may do something: the path of an htpasswd file, or <c>{htpasswd: PATH}</c>; null, and reported, where it is
    /// none.</summary>
    public HtpasswdFile? BindUsers(string key, YamlNode node)
    {
        const string accepted = $"the path of an htpasswd file, or a mapping with {HtpasswdKey}";
        (YamlNode path, string name) = (node, key);
        if (node is YamlMap map)
        {
            foreach (YamlEntry entry in map.FixedEntries.Where(entry => entry.Name != HtpasswdKey))
            {
                errors.Add(
                    entry.Key.Position,
                    $"unknown key {Printable.Quoted(entry.Name)} in {key}",
                    HtpasswdKey,
                    errors.Guess(entry.Name, [HtpasswdKey])
                );
            }

            if (map.Entries.FirstOrDefault(entry => entry.Name == HtpasswdKey) is { } file)
            {
                (path, name) = (file.Value, HtpasswdKey);
            }
            else
            {
                if (map.FixedEntries.IsEmpty)
                {
                    errors.Add(node.Position, $"{key} is an empty mapping", accepted);
                }

                return null;
            }
        }

        string acceptedPath = name == HtpasswdKey ? "the path of an htpasswd file" : accepted;
        if (BindGivenPath(path, name, acceptedPath) is not { } given)
        {
            return null;
        }

        passwordFiles.TryAdd(given.Path, given.Given);
        return new(given.Path);
    }

    /// <summary>A path, from the root on; null, and reported, where it is none.</summary>
    public string? BindPath(YamlNode node, string name, string accepted) => BindGivenPath(node, name, accepted)?.Path;

    private (string Path, SubstitutedText Given)? BindGivenPath(YamlNode node, string name, string accepted)
    {
        // From the folder of the file that says it, and what it leads to is not in the text.
        texts.AddDependency();
        if (ReadText(node, name, accepted) is not { } given)
        {
            return null;
        }

        string? path = FilePath.Full(given.Text, given.At.File);
        return Take(path is null ? Parsed.Refused() : new(path), name, given, accepted) is string full
            ? (full, given)
            : null;
    }
}
