using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Failover;

/// <summary>What every check and combinator keeps to, so that a new one needs its file, its test and its line in
/// the index, and nothing else.</summary>
public sealed partial class TaskConventionTests
{
    public static TheoryData<string> Names => [.. Tasks.All.Select(task => task.Name)];

    public static TheoryData<string> MadeOfData =>
        [.. Tasks.All.Where(task => Tasks.KindOf(task)?.Make is not null).Select(task => task.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_task_stands_in_the_index_with_its_kind(string name) =>
        TaskKinds.All.Contains(KindOf(name)).ShouldBeTrue($"add {name}.Kind to src/Failover/TaskKinds.cs");

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_task_has_a_test_class_of_its_name(string name) =>
        Repository
            .Files("tests", $"{name}Tests.cs")
            .Where(file => Repository.Read(file).Contains($" class {name}Tests", StringComparison.Ordinal))
            .ShouldHaveSingleItem($"a class {name}Tests, in a file of that name");

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_task_says_what_it_means_and_what_each_argument_means(string name)
    {
        XElement members = XDocument
            .Load(Path.ChangeExtension(TypeOf(name).Assembly.Location, ".xml"))
            .Descendants("members")
            .Single();

        SummaryOf(members, $"T:Failover.{name}").ShouldNotBeNullOrWhiteSpace();
        XElement[] constructors =
        [
            .. members
                .Elements("member")
                .Where(member =>
                    member.Attribute("name")!.Value.StartsWith($"M:Failover.{name}.#ctor(", StringComparison.Ordinal)
                ),
        ];
        constructors.Length.ShouldBe(
            PublicConstructors(name).Count(constructor => constructor.GetParameters().Length > 0)
        );
        // One that inherits its words inherits them from a constructor that is held to the same.
        foreach (XElement constructor in constructors.Where(member => !member.Elements("inheritdoc").Any()))
        {
            constructor
                .Elements("param")
                .Where(param => !string.IsNullOrWhiteSpace(param.Value))
                .Select(param => param.Attribute("name")!.Value)
                .ShouldBe(KindOf(name).Options.Select(option => option.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_argument_of_a_task_is_an_option_by_name_in_order_and_optional_where_it_has_a_default(string name)
    {
        IEnumerable<string> options = KindOf(name)
            .Options.Select(option => Written(option.Name, option.Default is not null));
        PublicConstructors(name).ShouldNotBeEmpty();
        foreach (ConstructorInfo constructor in PublicConstructors(name))
        {
            constructor
                .GetParameters()
                .Select(parameter => Written(parameter.Name!, parameter.HasDefaultValue))
                .ShouldBe(options);
        }

        static string Written(string name, bool isOptional) => isOptional ? $"[{name}]" : name;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_task_without_a_function_can_be_made_of_data(string name) =>
        (KindOf(name).Make is not null).ShouldBe(!KindOf(name).Options.Any(option => option is CallableOption));

    [Theory]
    [MemberData(nameof(MadeOfData))]
    public void Every_task_gives_its_values_back_and_is_made_of_them_again(string name)
    {
        TaskKind kind = KindOf(name);
        foreach (ImmutableArray<object?> given in new[] { TaskSamples.OfAll(kind), TaskSamples.OfRequired(kind) })
        {
            HealthTask task = kind.Make!(given);

            task.GetType().ShouldBe(TypeOf(name));
            task.OwnKind.ShouldBeSameAs(kind);
            task.Values.Length.ShouldBe(kind.Options.Length);
            foreach ((object? value, object? givenValue) in task.Values.Zip(given))
            {
                value.ShouldBe(givenValue ?? value);
            }

            HealthTask again = kind.Make(task.Values);
            again.ShouldBe(task);
            again.FullText.ShouldBe(task.FullText);
        }
    }

    [Theory]
    [MemberData(nameof(MadeOfData))]
    public void Every_option_shows_in_the_full_text(string name)
    {
        TaskKind kind = KindOf(name);
        string full = kind.Make!(TaskSamples.OfAll(kind)).FullText;

        full.ShouldStartWith($"{kind.Name}({kind.Options.FirstOrDefault()?.Key}");
        kind.Options.ShouldAllBe(option => full.Contains($"{option.Key}: {option.Text(TaskSamples.Of(option))}"));
    }

    [Theory]
    [MemberData(nameof(MadeOfData))]
    public void Every_child_is_called_by_the_key_of_its_option(string name)
    {
        HealthTask task = KindOf(name).Make!(TaskSamples.OfAll(KindOf(name)));

        task.Children.Select((_, index) => task.ChildName(index)).ShouldBeUnique();
        task.Children.Select((child, index) => (task.ChildName(index), child))
            .ShouldBe(
                KindOf(name)
                    .Options.Zip(task.Values)
                    .SelectMany(pair =>
                        pair.First.Tasks(pair.Second)
                            .Select((child, index) => (pair.First.TaskName(pair.Second, index), child))
                    )
            );
    }

    [Fact]
    public void The_index_names_checks_first_and_then_combinators()
    {
        bool[] areCombinators = [.. TaskKinds.All.Select(kind => Tasks.TypeOf(kind).IsSubclassOf(typeof(Combinator)))];
        areCombinators.ShouldBe(areCombinators.Order());
    }

    [Fact]
    public void Kinds_have_names_of_their_own_in_the_spelling_of_configuration_files()
    {
        TaskKinds.All.Select(kind => kind.Name).ShouldBeUnique();
        TaskKinds.All.ShouldAllBe(kind => SnakeCase().IsMatch(kind.Name));
    }

    [Fact]
    public void Meanings_are_a_sentence_without_a_capital_or_a_full_stop() =>
        TaskKinds
            .All.SelectMany(kind => kind.Options.Select(option => option.Meaning).Prepend(kind.Meaning))
            .Where(meaning => meaning.Length == 0 || !IsWithinASentence(meaning))
            .ShouldBeEmpty();

    // A word all in capitals (TCP, HTTP) may begin one.
    private static bool IsWithinASentence(string meaning) =>
        !meaning.EndsWith('.') && (!char.IsUpper(meaning[0]) || (meaning.Length > 1 && char.IsUpper(meaning[1])));

    private static Type TypeOf(string name) => Tasks.All.Single(task => task.Name == name);

    private static TaskKind KindOf(string name) =>
        Tasks.KindOf(TypeOf(name)).ShouldNotBeNull($"{name} needs: public static TaskKind Kind {{ get; }}");

    private static ConstructorInfo[] PublicConstructors(string name) => TypeOf(name).GetConstructors();

    private static string? SummaryOf(XElement members, string member) =>
        members
            .Elements("member")
            .SingleOrDefault(element => element.Attribute("name")!.Value == member)
            ?.Element("summary")
            ?.Value;

    [GeneratedRegex("^[a-z]+(_[a-z]+)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SnakeCase();
}
