namespace Failover;

/// <summary>Something to do on the thread of an event loop.</summary>
internal interface ILoopWork
{
    /// <summary>Does it. It must not block.</summary>
    void Run();
}
