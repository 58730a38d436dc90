using System.Collections.Immutable;

namespace Failover;

/// <summary>The rows of an open state file: read once, then changed in transactions.</summary>
internal sealed class StateRows : IDisposable
{
    private readonly StateDigest digests = new();
    private readonly Dictionary<string, UInt128> nodes = [];
    private readonly Dictionary<LatchPlace, UInt128> latches = [];

    private readonly SqliteFile file;
    private readonly SqliteStatement begin;
    private readonly SqliteStatement commit;
    private readonly SqliteStatement setNode;
    private readonly SqliteStatement forgetNode;
    private readonly SqliteStatement setLatch;
    private readonly SqliteStatement release;
    private readonly SqliteStatement addTransition;
    private readonly SqliteStatement addPost;
    private readonly SqliteStatement setAlive;
    private readonly SqliteStatement setDigest;
    private UInt128 alive;
    private UInt128 digest;

    /// <summary>Reads them.</summary>
    /// <exception cref="StateDamage">They are not what was stored.</exception>
    public StateRows(SqliteFile file)
    {
        this.file = file;
        digest = StateDigest.OfSchema(file);
        State = new(ReadNodes(), ReadLatches(), ReadAlive());
        if (StateDigest.Read(file) != StateDigest.Text(digest))
        {
            throw new StateDamage("its content is not what was stored");
        }

        begin = file.Prepare("BEGIN IMMEDIATE");
        commit = file.Prepare("COMMIT");
        setNode = file.Prepare(
            "INSERT OR REPLACE INTO node (key, fingerprint, state, reason, at) VALUES (?, ?, ?, ?, ?)"
        );
        forgetNode = file.Prepare("DELETE FROM node WHERE key = ?");
        setLatch = file.Prepare("INSERT OR REPLACE INTO latch (component, path, reason, since) VALUES (?, ?, ?, ?)");
        release = file.Prepare("DELETE FROM latch WHERE component = ? AND path = ?");
        addTransition = file.Prepare(
            "INSERT INTO transition (at, component, from_state, to_state, reason, evidence) VALUES (?, ?, ?, ?, ?, ?)"
        );
        addPost = file.Prepare("INSERT INTO post (at, component, user, source, outcome) VALUES (?, ?, ?, ?, ?)");
        setAlive = file.Prepare($"INSERT OR REPLACE INTO meta (key, value) VALUES ('{StateDigest.Alive}', ?)");
        setDigest = StateDigest.Writing(file);
    }

    /// <summary>What they were when they were read.</summary>
    public StoredState State { get; }

    /// <summary>Stores these changes, and has them survive a loss of power, or leaves all as it was. Without any it shows
    /// whether something could be stored.</summary>
    /// <exception cref="SqliteFault">All is as it was.</exception>
    public void Store(StateChanges changes)
    {
        List<(string Key, UInt128? Digest)> nodesAfter = new(changes.Nodes.Count);
        List<(LatchPlace Place, UInt128? Digest)> latchesAfter = new(changes.Latches.Count);
        begin.Run();
        try
        {
            UInt128 after = digest;
            foreach ((string key, StoredNode? node) in changes.Nodes)
            {
                UInt128? row = Store(key, node);
                after += row.GetValueOrDefault() - nodes.GetValueOrDefault(key);
                nodesAfter.Add((key, row));
            }

            foreach ((LatchPlace place, StoredLatch? latch) in changes.Latches)
            {
                UInt128? row = Store(place, latch);
                after += row.GetValueOrDefault() - latches.GetValueOrDefault(place);
                latchesAfter.Add((place, row));
            }

            UInt128 aliveAfter = StoreAlive(changes.AliveAt);
            after += aliveAfter - alive;
            StoreHistory(changes);
            setDigest.Run(StateDigest.Text(after));
            commit.Run();
            (digest, alive) = (after, aliveAfter);
        }
        catch
        {
            file.Rollback();
            throw;
        }

        Remember(nodes, nodesAfter);
        Remember(latches, latchesAfter);
    }

    public void Dispose()
    {
        foreach (
            SqliteStatement statement in (SqliteStatement[])
                [begin, commit, setNode, forgetNode, setLatch, release, addTransition, addPost, setAlive, setDigest]
        )
        {
            statement.Dispose();
        }
    }

    private UInt128? Store(string key, StoredNode? node)
    {
        if (node is null)
        {
            forgetNode.Run(key);
            return null;
        }

        ReadOnlySpan<string> columns = [key, node.Fingerprint, node.State, node.Reason, StateTime.Text(node.At)];
        setNode.Run(columns);
        return digests.OfRow(StateDigest.Node, columns);
    }

    private UInt128? Store(LatchPlace place, StoredLatch? latch)
    {
        if (latch is null)
        {
            release.Run(place.Component, place.Path);
            return null;
        }

        ReadOnlySpan<string> columns = [place.Component, place.Path, latch.Reason, StateTime.Text(latch.Since)];
        setLatch.Run(columns);
        return digests.OfRow(StateDigest.Latch, columns);
    }

    private UInt128 StoreAlive(DateTimeOffset? at)
    {
        if (at is not { } time)
        {
            return alive;
        }

        string text = StateTime.Text(time);
        setAlive.Run(text);
        return digests.OfRow(StateDigest.Alive, text);
    }

    private void StoreHistory(StateChanges changes)
    {
        foreach (StoredTransition moved in changes.Transitions)
        {
            addTransition.Bind(
                StateTime.Text(moved.At),
                moved.Component,
                Text(moved.From),
                Text(moved.To),
                moved.Reason
            );
            addTransition.Bind(6, moved.Evidence);
            addTransition.RunBound();
        }

        foreach (StoredPost post in changes.Posts)
        {
            addPost.Run(StateTime.Text(post.At), post.Component, post.User, post.Source, post.Outcome);
        }
    }

    private ImmutableArray<StoredNode> ReadNodes()
    {
        ImmutableArray<StoredNode>.Builder read = ImmutableArray.CreateBuilder<StoredNode>();
        using SqliteStatement rows = file.Prepare("SELECT key, fingerprint, state, reason, at FROM node ORDER BY key");
        while (rows.Next())
        {
            StoredNode node = new(rows.Text(0), rows.Text(1), rows.Text(2), rows.Text(3), StateTime.Read(rows.Text(4)));
            digest += nodes[node.Key] = digests.OfRow(StateDigest.Node, rows);
            read.Add(node);
        }

        return read.DrainToImmutable();
    }

    private DateTimeOffset? ReadAlive()
    {
        using SqliteStatement row = file.Prepare(StateDigest.AliveQuery);
        if (!row.Next())
        {
            return null;
        }

        digest += alive = digests.OfRow(StateDigest.Alive, row);
        return StateTime.Read(row.Text(0));
    }

    private ImmutableArray<StoredLatch> ReadLatches()
    {
        ImmutableArray<StoredLatch>.Builder read = ImmutableArray.CreateBuilder<StoredLatch>();
        using SqliteStatement rows = file.Prepare(
            "SELECT component, path, reason, since FROM latch ORDER BY component, path"
        );
        while (rows.Next())
        {
            StoredLatch latch = new(rows.Text(0), rows.Text(1), rows.Text(2), StateTime.Read(rows.Text(3)));
            digest += latches[new(latch.Component, latch.Path)] = digests.OfRow(StateDigest.Latch, rows);
            read.Add(latch);
        }

        return read.DrainToImmutable();
    }

    private static void Remember<TKey>(Dictionary<TKey, UInt128> digests, List<(TKey Key, UInt128? Digest)> after)
        where TKey : notnull
    {
        foreach ((TKey key, UInt128? row) in after)
        {
            if (row is { } digest)
            {
                digests[key] = digest;
            }
            else
            {
                digests.Remove(key);
            }
        }
    }

    private static string Text(HealthState state) =>
        state switch
        {
            HealthState.Ok => "ok",
            HealthState.Fail => "fail",
            HealthState.Error => "error",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "ok, fail and error are accepted"),
        };
}
