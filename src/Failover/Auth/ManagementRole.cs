namespace Failover;

/// <summary>Who may use an endpoint of the management API.</summary>
internal enum ManagementRole
{
    /// <summary>Everybody who reaches the address: it holds no data.</summary>
    None,

    /// <summary>Who may see states, reasons and history.</summary>
    View,

    /// <summary>Who may override states and forget latches; may view, too.</summary>
    Operate,

    /// <summary>Who may reset the component that is named, by its own <c>auth</c>. No other role includes it.</summary>
    Component,
}
