namespace Failover;

/// <summary>Appends to the history of transitions and to the audit of POSTs.</summary>
internal sealed class HistoryRows(SqliteFile file) : IDisposable
{
    private readonly SqliteStatement addTransition = file.Prepare(
        "INSERT INTO transition (at, component, from_state, to_state, reason, evidence) VALUES (?, ?, ?, ?, ?, ?)"
    );
    private readonly SqliteStatement addPost = file.Prepare(
        "INSERT INTO post (at, component, user, source, outcome) VALUES (?, ?, ?, ?, ?)"
    );

    public void Append(IEnumerable<StoredTransition> transitions, IEnumerable<StoredPost> posts)
    {
        foreach (StoredTransition moved in transitions)
        {
            addTransition.Bind(
                StateTime.Text(moved.At),
                moved.Component,
                StateText.Of(moved.From),
                StateText.Of(moved.To),
                moved.Reason
            );
            addTransition.Bind(6, moved.Evidence);
            addTransition.RunBound();
        }

        foreach (StoredPost post in posts)
        {
            addPost.Run(StateTime.Text(post.At), post.Component, post.User, post.Source, post.Outcome);
        }
    }

    public void Dispose()
    {
        addTransition.Dispose();
        addPost.Dispose();
    }
}
