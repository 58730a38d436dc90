namespace Failover;

/// <summary>What serves the components of an application.</summary>
/// <remarks>The hosted service starts and ends it. It is not registered itself, because a provider that is disposed of synchronously
/// refuses services that can only be disposed of asynchronously.</remarks>
/// <param name="Service">The components and their engine.</param>
internal sealed record FailoverApplication(HealthService Service);
