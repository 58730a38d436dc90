namespace Failover;

/// <summary>How the examples are written.</summary>
public enum ExampleForm
{
    /// <summary>As five scripts.</summary>
    Script,

    /// <summary>As one configuration file.</summary>
    Yaml,
}
