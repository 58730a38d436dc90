using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Failover;

/// <summary>A key beside a task: an option of a layer around the task.</summary>
/// <param name="Name">The key.</param>
/// <param name="Option">The option that it gives.</param>
internal sealed record LayerKey(string Name, Option Option);

/// <summary>A combinator around a task that keys beside the task describe: the short form of the nested one.</summary>
/// <param name="Keys">The combinator. The task is its first option.</param>
/// <param name="Makes">The keys one of which it takes for the layer to exist.</param>
/// <param name="Fills">The keys that belong to it where it exists.</param>
internal sealed record TaskLayer(KindKeys Keys, ImmutableArray<LayerKey> Makes, ImmutableArray<LayerKey> Fills)
{
    /// <summary>Beside a check: the one option of the check itself that may stand there.</summary>
    public const string Timeout = "timeout";

    /// <summary>The layers, the innermost first. A key that several could take belongs to the innermost that exists.</summary>
    public static ImmutableArray<TaskLayer> InsideOut { get; } =
    [
        Of(Depends.Kind, makes: ["depends=on"], fills: []),
        Of(Hysteresis.Kind, makes: ["error_after", "fail_after", "ok_after"], fills: ["initial_state"]),
        Of(Background.Kind, makes: ["interval"], fills: ["initial_state", "stale_after"]),
    ];

    /// <summary>What is beside a task in the short form is written within these in the nested one: the two are not mixed.</summary>
    private static readonly ImmutableArray<TaskKind> NestedAlone =
    [
        Hysteresis.Kind,
        Background.Kind,
        Toggle.Kind,
        Oneshot.Kind,
    ];

    /// <summary>The keys beside any task, in the order of the alphabet.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        .. InsideOut
            .SelectMany(layer => layer.All)
            .Select(key => key.Name)
            .Append(Timeout)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Its keys.</summary>
    public IEnumerable<LayerKey> All => Makes.Concat(Fills);

    private static readonly FrozenDictionary<string, ImmutableArray<TaskLayer>> Owners = Names.ToFrozenDictionary(
        name => name,
        name => (ImmutableArray<TaskLayer>)[.. InsideOut.Where(layer => layer.All.Any(key => key.Name == name))],
        StringComparer.Ordinal
    );

    public static bool IsKey(string name) => Owners.ContainsKey(name);

    /// <summary>The option that a key gives: of several, of the innermost layer that has it.</summary>
    public static Option OptionOf(string name) =>
        name == Timeout
            ? OptionOf(KindKeys.All[WithTimeout.First()], name)
            : InsideOut.SelectMany(layer => layer.All).First(key => key.Name == name).Option;

    /// <summary>The layers that a key may belong to.</summary>
    public static ImmutableArray<TaskLayer> OwnersOf(string name) => Owners.GetValueOrDefault(name, []);

    /// <summary>The layer whose combinator has an option of that key, whether it may stand beside a task or not.</summary>
    public static TaskLayer? With(string option) =>
        InsideOut.FirstOrDefault(layer => layer.Keys.Find(option) is not null && option is not ("task" or "on"));

    /// <summary>Whether keys may stand beside a task of this kind; a <c>ref</c> has none.</summary>
    public static bool AreAllowedBeside(string task) =>
        !KindKeys.All.TryGetValue(task, out KindKeys? keys) || !NestedAlone.Contains(keys.Kind);

    /// <summary>Whether the timeout of a task of this kind may stand beside it: checks that have one.</summary>
    public static bool HasTimeout(string task) =>
        KindKeys.All.TryGetValue(task, out KindKeys? keys)
        && keys.Find(Timeout) is not null
        && !keys.Kind.Options.Any(option => option is TaskOption or TaskListOption);

    /// <summary>The kinds whose timeout may stand beside them.</summary>
    public static IEnumerable<string> WithTimeout =>
        ConfigurationShapes.Kinds.Select(keys => keys.Kind.Name).Where(HasTimeout);

    /// <summary>The kinds beside which no key of a layer may stand.</summary>
    public static IEnumerable<string> WithoutLayers => NestedAlone.Select(kind => kind.Name);

    private static TaskLayer Of(TaskKind kind, string[] makes, string[] fills)
    {
        KindKeys keys = KindKeys.All[kind.Name];
        return new(keys, [.. makes.Select(Key)], [.. fills.Select(Key)]);

        // KEY, or KEY=OPTION where the two differ.
        LayerKey Key(string text)
        {
            string[] parts = text.Split('=');
            return new(parts[0], OptionOf(keys, parts[^1]));
        }
    }

    private static Option OptionOf(KindKeys keys, string name) => keys.Kind.Options[keys.Find(name)!.Value];
}
