namespace Failover;

/// <summary>One of the five examples, in one of the ways in which it is written.</summary>
internal interface IExample
{
    /// <summary>Serves it, and waits until it listens.</summary>
    /// <param name="target">What it looks at.</param>
    /// <param name="passwords">The password file that it reads, where it reads one.</param>
    /// <param name="instead">What stands instead of its times.</param>
    Task<RunningScript> ServeAsync(Target target, string passwords = "", params TimeSpan[] instead);
}
