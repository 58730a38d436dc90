using System.Reflection;

namespace Failover;

/// <summary>Every task that can be made, found in the assemblies themselves and not in the index.</summary>
internal static class Tasks
{
    public static IReadOnlyList<Type> All { get; } =
    [
        .. Repository
            .Files("src", "*.csproj")
            .Select(project => Path.GetFileNameWithoutExtension(project))
            // A program brings no tasks; what this project does not reference is not here to be looked at.
            .Where(name => File.Exists(Path.Combine(AppContext.BaseDirectory, $"{name}.dll")))
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => type.IsSubclassOf(typeof(HealthTask)) && !type.IsAbstract)
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ];

    /// <summary>The kind that a task type names as its own; null where it names none.</summary>
    public static TaskKind? KindOf(Type task) =>
        task.GetProperty("Kind", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as TaskKind;

    /// <summary>The task type that names this kind as its own.</summary>
    public static Type TypeOf(TaskKind kind) => All.Single(task => ReferenceEquals(KindOf(task), kind));
}
