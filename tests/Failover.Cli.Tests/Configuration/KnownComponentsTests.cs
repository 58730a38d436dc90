namespace Failover;

/// <summary>A component whose text is what it was is taken over as it is; what is read comes to the same as without.</summary>
public sealed class KnownComponentsTests : IDisposable
{
    private const string Start = """
        listen: 8080
        state: memory
        defaults: {timeout: 4s}
        tasks:
          relay: {tcp: "relay:25"}
        components:
          a: {tcp: "a:1", interval: 10s}
          b:
            # Of the second.
            tcp: {host: b, port: 2}
            interval: 20s
          c: {tcp: "c:3", fail_after: 3}

        """;

    private const int WordsBetween = 32;

    private readonly ConfigurationFolder folder = new();

    [Fact]
    public void An_unchanged_component_is_the_same_object_and_a_changed_one_another()
    {
        (ComponentDescription[] before, ComponentDescription[] after) = Edit("b, port: 2", "b, port: 22");

        after[0].ShouldBeSameAs(before[0]);
        after[1].Task.ToString().ShouldContain("b:22");
        after[2].ShouldBeSameAs(before[2]);
    }

    [Theory]
    [InlineData("  a: {", "  new: {tcp: \"n:1\"}\n\n  # A comment.\n  a: {")]
    [InlineData("  b:\n", "  new: {tcp: \"n:1\"}\n  b:\n")]
    [InlineData("  a: {tcp: \"a:1\", interval: 10s}\n", "")]
    public void Others_may_come_and_go_and_move_it(string from, string to)
    {
        (ComponentDescription[] before, ComponentDescription[] after) = Edit(from, to);

        foreach (ComponentDescription kept in after.Where(one => one.Name != "new"))
        {
            kept.ShouldBeSameAs(before.Single(one => one.Name == kept.Name));
        }
    }

    // Each has a say in what a component is, or may have.
    [Theory]
    [InlineData("timeout: 4s", "timeout: 5s")]
    [InlineData("relay:25", "relay:26")]
    [InlineData(
        "  c:",
        "# An edit beside the components moves nothing, but costs a whole reading.\nx-c: 1\ncomponents2:\n  c:"
    )]
    public void What_all_share_is_changed_and_nothing_is_taken_over(string from, string to)
    {
        FailoverConfiguration before = Good(Start);
        ConfigurationReading after = Read(Start.Replace(from, to, StringComparison.Ordinal), before);

        after.Configuration?.Components.ShouldAllBe(one =>
            !before.Components.Contains(one, ReferenceEqualityComparer.Instance)
        );
    }

    // The text is the same, and what it comes to is not.
    [Theory]
    [InlineData("{tcp: \"${env:HOST}:1\"}")]
    [InlineData("{tcp: {host: \"${file:host}\", port: 1}}")]
    [InlineData("{ref: b}")]
    [InlineData("{ref: b, interval: 1m}")]
    [InlineData("{all: {one: {ref: b}, two: {tcp: \"t:1\"}}}")]
    [InlineData("*again")]
    [InlineData("{<<: *again, interval: 1m}")]
    [InlineData("{tcp: *host}")]
    public void What_rests_on_another_text_follows_it(string component)
    {
        const string file = """
            state: memory
            components:
              z: {tcp: &host "z:1"}
              b: &again {tcp: "b:2"}
              x: COMPONENT

            """;
        string text = file.Replace("COMPONENT", component, StringComparison.Ordinal);
        folder.Write("host", "one");
        FailoverConfiguration before = Good(text);
        folder.Write("host", "two");
        folder.Environment["HOST"] = "two";

        string edited = text.Replace("b:2", "two:2", StringComparison.Ordinal)
            .Replace("z:1", "two:1", StringComparison.Ordinal);
        Good(edited, before).Components.Single(one => one.Name == "x").Task.FullText.ShouldContain("two");
    }

    [Fact]
    public void A_default_that_comes_from_elsewhere_follows_it()
    {
        const string text = "state: memory\ndefaults: {timeout: \"${env:LIMIT}\"}\ncomponents: \n  a: {tcp: \"a:1\"}\n";
        folder.Environment["LIMIT"] = "4s";
        FailoverConfiguration before = Good(text);
        folder.Environment["LIMIT"] = "5s";

        Good(text, before).Components[0].Task.FullText.ShouldContain("timeout: 5s");
    }

    [Fact]
    public void A_ref_to_a_component_that_is_taken_over_is_its_task()
    {
        FailoverConfiguration before = Good(Start);
        FailoverConfiguration after = Good(Start + "  d: {ref: a}\n", before);

        after.Components[3].Task.ShouldBeSameAs(after.Components[0].Task);
        after.Components[0].ShouldBeSameAs(before.Components[0]);
    }

    [Fact]
    public void Errors_and_their_places_are_those_of_a_whole_reading()
    {
        FailoverConfiguration before = Good(Start);
        string bad = Start.Replace(
            "  b:\n",
            "\n\n  new: {tpc: \"n:1\"}\n  a: {tcp: \"a:1\", interval: 10s}\n  b:\n",
            StringComparison.Ordinal
        );

        Read(bad, before).ErrorText.ShouldBe(Read(bad, before: null).ErrorText);
        Read(bad, before).ErrorText.ShouldContain("failover.yaml:10:");
    }

    [Fact]
    public void Values_that_are_passed_over_are_counted()
    {
        FailoverConfiguration before = Good(Start);
        YamlBudget whole = new();
        YamlBudget passed = new();
        ConfigurationErrors errors = new();

        YamlReader.Read("a.yaml", Start, errors, whole, new(KnownComponents.None));
        YamlBlocks blocks = new(before.Known);
        YamlReader.Read("a.yaml", Start, errors, passed, blocks);

        blocks.All.Count(block => block.Known is not null).ShouldBe(3);
        passed.Left.ShouldBe(whole.Left);
    }

    // What is merged has no lines of its own: entries and lines may be as many as each other, and not belong together.
    [Theory]
    [InlineData("  <<: *more\n", "")]
    [InlineData("  <<: *more\n  a:", "  a:")]
    [InlineData("  c: {tcp: \"c:3\"}\n", "  c: {tcp: \"c:3\"}\n  <<: *more\n")]
    public void A_merge_among_the_components_gives_none_the_description_of_another(string from, string to)
    {
        const string text = """
            state: memory
            x-more: &more
              z: {tcp: "z:1"}
            components:
              <<: *more
              a: {tcp: "a:1"}
              b: {tcp: "b:2"}
              c: {tcp: "c:3"}

            """;
        FailoverConfiguration before = Good(text);
        string edited = text.Replace(from, to, StringComparison.Ordinal);

        Describe(Read(edited, before)).ShouldBe(Describe(Read(edited, before: null)));
    }

    public static TheoryData<string> Files =>
        [.. ConfigurationFileTests.GoodFiles.Select(file => Path.GetFileName(file))];

    // Every key of every kind: lines and words of each example are left out, doubled, moved and replaced.
    [Theory]
    [MemberData(nameof(Files))]
    public void Any_edit_comes_to_what_a_fresh_start_comes_to(string name)
    {
        string text = File.ReadAllText(ConfigurationFileTests.GoodFiles.Single(file => Path.GetFileName(file) == name));
        FailoverConfiguration before = Good(text);
        string whole = Describe(Read(text, before: null));
        Random random = new(name.Length);
        foreach (string edited in Edits(text, random))
        {
            ConfigurationReading fresh = Read(edited, before: null);
            ConfigurationReading reloaded = Read(edited, before);
            Describe(reloaded).ShouldBe(Describe(fresh), edited);
            if (fresh.Configuration is { } other)
            {
                Describe(Read(text, other)).ShouldBe(whole, $"and back from {edited}");
            }
        }
    }

    public void Dispose() => folder.Dispose();

    private static IEnumerable<string> Edits(string text, Random random)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i += 5)
        {
            int other = random.Next(lines.Length);
            yield return string.Join('\n', [.. lines[..i], .. lines[(i + 1)..]]);
            yield return string.Join('\n', [.. lines[..i], lines[other], .. lines[i..]]);
            yield return string.Join('\n', [.. lines[..i], "", "# Moved.", .. lines[i..]]);
        }

        string[] words = System.Text.RegularExpressions.Regex.Split(
            text,
            @"(?<=[ \n:,{}\[\]])",
            System.Text.RegularExpressions.RegexOptions.None,
            Second(1)
        );
        // So many that each kind of change meets each kind of word in one file or another.
        for (int i = random.Next(WordsBetween); i < words.Length; i += WordsBetween)
        {
            int other = random.Next(words.Length);
            yield return string.Concat([.. words[..i], .. words[(i + 1)..]]);
            yield return string.Concat([.. words[..i], words[other], .. words[(i + 1)..]]);
            yield return string.Concat([
                .. words[..i],
                words[i].Replace('1', '2').Replace('s', 'm'),
                .. words[(i + 1)..],
            ]);
        }
    }

    // All that a configuration says, and which tasks are one.
    private static string Describe(ConfigurationReading reading)
    {
        if (reading.Configuration is not { } configuration)
        {
            return reading.ErrorText;
        }

        Dictionary<HealthTask, int> numbers = new(ReferenceEqualityComparer.Instance);
        return string.Join(
            '\n',
            [
                .. configuration.Components.Select(one =>
                    $"{one.Name} {configuration.Positions[one.Name]} {Tree(one.Task)} {one.OnPostText} {one.ResponseDeadline} {one.OnError} {one.Guard} {one.IsAlias} {string.Join(',', one.Users)}"
                ),
                string.Join(
                    ',',
                    configuration.TaskNames.Select(one => $"{one.Value}={numbers.GetValueOrDefault(one.Key)}")
                ),
                string.Join(',', configuration.Sources.Concat(configuration.SecretFiles)),
                string.Join(',', configuration.PasswordFiles.Select(one => $"{one.Key} {one.Value}")),
                $"{string.Join(',', configuration.Listen)} {configuration.Management} {configuration.State} {string.Join(',', configuration.Secrets.Values)}",
            ]
        );

        string Tree(HealthTask task)
        {
            bool isNew = numbers.TryAdd(task, numbers.Count);
            return isNew
                ? $"{numbers[task]}:{task.FullText}({string.Join(' ', task.Children.Select(Tree))})"
                : $"{numbers[task]}";
        }
    }

    private (ComponentDescription[] Before, ComponentDescription[] After) Edit(string from, string to)
    {
        FailoverConfiguration before = Good(Start);
        string text = Start.Replace(from, to, StringComparison.Ordinal);
        text.ShouldNotBe(Start);
        FailoverConfiguration after = Good(text, before);
        Describe(Read(text, before)).ShouldBe(Describe(Read(text, before: null)));
        return ([.. before.Components], [.. after.Components]);
    }

    private FailoverConfiguration Good(string text, FailoverConfiguration? before = null)
    {
        ConfigurationReading reading = Read(text, before);
        reading.ErrorText.ShouldBeEmpty();
        return reading.Configuration.ShouldNotBeNull();
    }

    private ConfigurationReading Read(string text, FailoverConfiguration? before)
    {
        folder.Write(ConfigurationFolder.Main, text);
        return ConfigurationFile.Read(
            folder[ConfigurationFolder.Main],
            folder.Environment.GetValueOrDefault,
            before?.Known
        );
    }
}
