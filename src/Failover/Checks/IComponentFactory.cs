namespace Failover;

/// <summary>Makes the health check of a component: what <see cref="DelegateCheck.Registered"/> knows it by, because a component over
/// another one, or over itself, could wait for itself.</summary>
internal interface IComponentFactory;
