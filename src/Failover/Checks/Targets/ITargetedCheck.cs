namespace Failover;

/// <summary>A check of one target, which whoever asks for a probe may give.</summary>
internal interface ITargetedCheck
{
    /// <summary>Where it connects to: a name or an address, and the port; null where there is none, as with ICMP.</summary>
    (string Host, int? Port) Target { get; }

    /// <summary>The same check, which connects to nothing but what is allowed, and notes what it finds on the way.</summary>
    ProbeCheck Along(ProbeTrail trail);
}
