namespace Failover;

/// <summary>The scripts in examples/.</summary>
internal static class Scripts
{
    public static Script One { get; } = new("example-1");

    public static Script Two { get; } = new("example-2");

    public static Script Three { get; } = new("example-3", "Minute(1)", "Minute(2)");

    public static Script Four { get; } = new("example-4", "Minute(3)");

    public static Script Five { get; } = new("example-5");

    public static Script Durable { get; } = new("example-5-durable");
}
