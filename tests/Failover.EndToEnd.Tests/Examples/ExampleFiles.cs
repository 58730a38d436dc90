namespace Failover;

/// <summary>The configuration file in examples/, for each of the examples in it.</summary>
internal static class ExampleFiles
{
    public static ExampleFile One { get; } = new();

    public static ExampleFile Two { get; } = new();

    public static ExampleFile Three { get; } = new("ok_after: 1m", "fail_after: 2m");

    public static ExampleFile Four { get; } = new("interval: 3m");

    public static ExampleFile Five { get; } = new();
}
