using System.Collections.Immutable;
using System.Reflection;
using System.Xml.Linq;

namespace Failover;

/// <summary>What every receiver keeps to, so that a new one needs its file, its test and its line in the index, and nothing else.</summary>
public sealed class ReceiverConventionTests
{
    private static readonly Type[] Receivers =
    [
        .. typeof(Webhook)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(NotificationReceiver)) && !type.IsAbstract),
    ];

    public static TheoryData<string> Names => [.. Receivers.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_receiver_stands_in_the_index_with_its_kind(string name) =>
        ReceiverKinds
            .All.Contains(KindOf(name))
            .ShouldBeTrue($"add {name}.Kind to src/Failover/Notifications/ReceiverKind.cs");

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_receiver_has_a_test_class_of_its_name(string name) =>
        Repository
            .Files("tests", $"{name}Tests.cs")
            .Where(file => Repository.Read(file).Contains($" class {name}Tests", StringComparison.Ordinal))
            .ShouldHaveSingleItem($"a class {name}Tests, in a file of that name");

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_argument_is_an_option_by_name_in_order_and_optional_where_it_has_a_default(string name) =>
        ConstructorOf(name)
            .GetParameters()
            .Select(parameter => Written(parameter.Name!, parameter.HasDefaultValue))
            .ShouldBe(KindOf(name).Options.Select(option => Written(option.Name, option.Default is not null)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_receiver_says_what_it_does_and_what_each_argument_means(string name)
    {
        XElement[] members =
        [
            .. XDocument.Load(Path.ChangeExtension(typeof(Webhook).Assembly.Location, ".xml")).Descendants("member"),
        ];

        Member($"T:{TypeOf(name).FullName}").Element("summary")!.Value.ShouldNotBeNullOrWhiteSpace();
        Member($"M:{TypeOf(name).FullName}.#ctor(")
            .Elements("param")
            .Where(param => !string.IsNullOrWhiteSpace(param.Value))
            .Select(param => param.Attribute("name")!.Value)
            .ShouldBe(KindOf(name).Options.Select(option => option.Name));

        XElement Member(string prefix) =>
            members.First(member => member.Attribute("name")!.Value.StartsWith(prefix, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_receiver_gives_its_values_back_and_is_made_of_them_again(string name)
    {
        ReceiverKind kind = KindOf(name);
        foreach (ImmutableArray<object?> given in Samples(kind))
        {
            NotificationReceiver receiver = kind.Make!(given);

            receiver.GetType().ShouldBe(TypeOf(name));
            receiver.OwnKind.ShouldBeSameAs(kind);
            receiver.Values.Length.ShouldBe(kind.Options.Length);
            foreach ((object? value, object? givenValue) in receiver.Values.Zip(given))
            {
                value.ShouldBe(givenValue ?? value);
            }

            kind.Make(receiver.Values).ShouldBe(receiver, "a reload would take it for another one");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_receiver_shows_a_secret(string name)
    {
        ReceiverKind kind = KindOf(name);
        foreach (ImmutableArray<object?> given in Samples(kind))
        {
            NotificationReceiver receiver = kind.Make!(given);
            foreach ((Option option, object? value) in kind.Options.Zip(given))
            {
                if (value is not null && IsSecret(option))
                {
                    string secret = value is string text ? text : option.Text(value);
                    receiver.Text.ShouldNotContain(secret);
                    receiver.Summary.ShouldNotContain(secret);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_may_be_shown_is(string name)
    {
        ReceiverKind kind = KindOf(name);
        ImmutableArray<object?> given = Samples(kind)[0];

        string text = kind.Make!(given).Text;

        foreach ((Option option, object? value) in kind.Options.Zip(given))
        {
            if (value is not null)
            {
                text.ShouldContain(IsSecret(option) ? $"{option.Key}: ***" : $"{option.Key}: {option.Text(value)}");
            }
        }
    }

    [Fact]
    public void Kinds_have_names_of_their_own_and_a_short_option_among_their_options()
    {
        ReceiverKinds.All.Select(kind => kind.Name).ShouldBeUnique();
        ReceiverKinds.All.ShouldAllBe(kind => kind.ShortOption == null || kind.Options.Contains(kind.ShortOption));
    }

    [Fact]
    public void Meanings_are_a_part_of_a_sentence() =>
        ReceiverKinds
            .All.SelectMany(kind => kind.Options.Select(option => option.Meaning).Prepend(kind.Meaning))
            .Where(meaning => meaning.Length == 0 || meaning.EndsWith('.'))
            .ShouldBeEmpty();

    // With everything, as far as it goes together, and with what is required only.
    private static ImmutableArray<object?>[] Samples(ReceiverKind kind)
    {
        bool hasToken = kind.Options.Any(option => option.Name == "token");
        return
        [
            [
                .. kind.Options.Select(option =>
                    hasToken && option.Name is "username" or "password" ? null
                    // With a password there has to be TLS.
                    : option is ChoiceOption<SmtpSecurity> ? SmtpSecurity.Tls
                    : TaskSamples.Of(option)
                ),
            ],
            [.. kind.Options.Select(option => option.Default is null ? TaskSamples.Of(option) : null)],
        ];
    }

    private static bool IsSecret(Option option) =>
        option
            is ScalarOption { IsSecret: true }
                or ListOption { ItemOption.IsSecret: true }
                or MapOption { ValueOption.IsSecret: true };

    private static string Written(string name, bool isOptional) => isOptional ? $"[{name}]" : name;

    private static Type TypeOf(string name) => Receivers.Single(type => type.Name == name);

    private static ReceiverKind KindOf(string name) =>
        (
            TypeOf(name).GetProperty("Kind", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as ReceiverKind
        ).ShouldNotBeNull($"{name} needs: public static ReceiverKind Kind {{ get; }}");

    private static ConstructorInfo ConstructorOf(string name) => TypeOf(name).GetConstructors().ShouldHaveSingleItem();
}
