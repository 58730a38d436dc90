using System.Globalization;

namespace Failover;

public sealed class TaskKindTests
{
    public static TheoryData<Type, TaskKind> Kinds =>
        new()
        {
            { typeof(Hysteresis), Hysteresis.Kind },
            { typeof(Background), Background.Kind },
            { typeof(Toggle), Toggle.Kind },
            { typeof(Oneshot), Oneshot.Kind },
        };

    [Theory]
    [MemberData(nameof(Kinds), DisableDiscoveryEnumeration = true)]
    public void It_names_every_parameter_of_the_constructor_in_order(Type task, TaskKind kind)
    {
        System.Reflection.ParameterInfo[] parameters = task.GetConstructors().ShouldHaveSingleItem().GetParameters();

        kind.Options.Select(option => option.Name).ShouldBe(parameters.Select(parameter => parameter.Name));
        kind.Options.Select(option => option.Default is null)
            .ShouldBe(parameters.Select(parameter => !parameter.HasDefaultValue));
        kind.Name.ShouldBe(task.Name.ToLower(CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(Kinds), DisableDiscoveryEnumeration = true)]
    public void Meanings_are_there_and_end_without_a_full_stop(Type task, TaskKind kind)
    {
        string[] meanings = [kind.Meaning, .. kind.Options.Select(option => option.Meaning)];

        meanings.ShouldAllBe(meaning => meaning.Length > 0 && !meaning.EndsWith('.'), task.Name);
        kind.Options.ShouldAllBe(option => option.Accepted.Length > 0, task.Name);
    }
}
