namespace Failover;

/// <summary>The client of a connection, as its budget sees it.</summary>
internal interface ITrackedClient
{
    /// <summary>Whether it has sent a byte.</summary>
    bool HasSpoken { get; }

    /// <summary>Whether it is the client's turn: to send a request, or to read an answer.</summary>
    bool IsIdle { get; }

    /// <summary>When it last took an answer, as a timestamp; before the first, when it came.</summary>
    long LastProgress { get; }

    /// <summary>Closes the connection. From any thread, and without waiting.</summary>
    void Abort(string reason);
}
