namespace Failover;

/// <summary>The open state file, whether it is still the one at its path, and a new one when it is not.</summary>
/// <remarks>A file that was removed or replaced still accepts writes, none of which survives. So each commit counts only when the file
/// was found in its place after it. After a loss nothing is stored before a write of the whole state.</remarks>
internal sealed class StatePlace(
    StateFile opener,
    OpenState open,
    TimeProvider time,
    Action<string> warn,
    StateNotices notices
)
{
    // A file system may change times by itself: then they are no reason to make a new file again and again.
    private static readonly TimeSpan ContentLossEvery = TimeSpan.FromMinutes(1);

    private volatile string? problem;
    private string? loss;
    private string? cannotMake;
    private long? lastContentLoss;
    private bool hasForeignContent;

    /// <summary>The file that is open, lost or not.</summary>
    public OpenState Open { get; private set; } = open;

    /// <summary>Why nothing but the whole state can be stored, in one line; null when all is well.</summary>
    public string? Problem => problem;

    /// <summary>Whether there is a file again that has to be given the whole state.</summary>
    public bool IsAwaitingWhole { get; private set; }

    /// <summary>Whether something can be written to a file at the path; makes a new one where the old one is lost.</summary>
    public bool Check()
    {
        string? displacement = Displacement();
        if (displacement is null)
        {
            if (loss is not null && !IsAwaitingWhole)
            {
                // The very file is back, as after a mount that failed for a moment.
                Recover();
            }

            return true;
        }

        if (loss is null || IsAwaitingWhole)
        {
            Lose(displacement);
        }

        return TryMakeNew();
    }

    /// <summary>Whether the file that is open may be closed in the ordinary way. One that was lost, or waits for the whole state, may
    /// not: a process that is started later has to know of it.</summary>
    public bool CheckAtEnd()
    {
        if (loss is null && Displacement() is { } displacement)
        {
            Lose(displacement);
            _ = TryMakeNew();
        }

        return loss is null;
    }

    /// <summary>Whether what was committed just now counts.</summary>
    public bool IsCommitInPlace()
    {
        if (Open.Displacement is { } displacement)
        {
            Lose(displacement);
            return false;
        }

        Open.TakeContent();
        return true;
    }

    /// <summary>The whole state is stored in the file that is there now.</summary>
    public void Complete()
    {
        (loss, problem, IsAwaitingWhole) = (null, null, false);
        notices.Clear();
    }

    private string? Displacement()
    {
        if (Open.Displacement is { } displacement)
        {
            return displacement;
        }

        bool isTrusted = lastContentLoss is not { } last || time.GetElapsedTime(last) >= ContentLossEvery;
        if (!hasForeignContent && isTrusted && !Open.IsUntouched)
        {
            hasForeignContent = true;
            lastContentLoss = time.GetTimestamp();
        }

        return hasForeignContent ? "another program wrote to it while it was in use" : null;
    }

    private void Lose(string why)
    {
        IsAwaitingWhole = false;
        cannotMake = null;
        loss = $"state file {opener.Path}: {why}";
        problem =
            $"{loss}: until the whole state is stored again, resets are refused and a restart would lose all state";
        warn(problem);
        try
        {
            // For a process that is started before all is stored again.
            Open.Lost.Write(loss);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Where its folder is gone as well, it is written before a new file is made.
        }

        notices.Publish(new StoreNotice.Lost(problem));
    }

    private bool TryMakeNew()
    {
        string? aside = null;
        try
        {
            Open = opener.OpenNew(Open, loss!, out aside);
            hasForeignContent = false;
        }
        catch (StateStoreException fault)
        {
            // The path is in the message already.
            string why = fault.Message[
                (
                    fault.Message.IndexOf(StateExamination.IsUnusable, StringComparison.Ordinal)
                    + StateExamination.IsUnusable.Length
                )..
            ];
            problem = $"{loss}: no new one can be made: {why}";
            if (cannotMake != why)
            {
                cannotMake = why;
                warn(problem);
            }

            return false;
        }
        finally
        {
            if (aside is not null)
            {
                warn($"state file {opener.Path}: the file that was there is renamed to {aside}");
            }
        }

        Recover();
        return true;
    }

    private void Recover()
    {
        IsAwaitingWhole = true;
        Open.TakeContent();
        problem = $"{loss}: waiting until the whole state is stored again";
        notices.Publish(new StoreNotice.Back());
    }
}
