namespace Failover;

/// <summary>What the management API has to tell.</summary>
internal interface IManagementSource
{
    /// <summary>How the daemon and all its components are.</summary>
    StatusDocument Status();

    /// <summary>One component explained; null where there is none of that name.</summary>
    ComponentDocument? Component(string name);

    /// <summary>What is configured and served.</summary>
    ConfigurationDocument Configuration();
}
