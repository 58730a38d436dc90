using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>The rows of an open state file: read once, then changed in transactions.</summary>
internal sealed class StateRows : IDisposable
{
    private const string AliveKey = "alive_at";
    private const string RevisionKey = "revision";
    private const string OpenKey = "open";

    private readonly SqliteFile file;
    private readonly StateTable<StoredNode> nodes;
    private readonly StateTable<StoredComponent> components;
    private readonly StateTable<StoredLatch> latches;
    private readonly StateTable<StoredOverride> overrides;
    private readonly StateTable<StoredAlarm> alarms;
    private readonly StateTable<StoredDelivery> deliveries;
    private readonly StateTable<(string Key, string Value)> meta;
    private readonly IStateTable[] tables;
    private readonly SqliteStatement begin;
    private readonly SqliteStatement commit;
    private readonly SqliteStatement revisionOf;
    private readonly HistoryRows history;
    private bool isMarked;

    /// <summary>Reads them.</summary>
    /// <exception cref="StateDamage">They are not what was stored.</exception>
    public StateRows(SqliteFile file)
    {
        this.file = file;
        nodes = StateTables.Nodes(file);
        components = StateTables.Components(file);
        latches = StateTables.Latches(file);
        overrides = StateTables.Overrides(file);
        alarms = StateTables.Alarms(file);
        deliveries = StateTables.Deliveries(file);
        meta = StateTables.Meta(file);
        tables = [nodes, components, latches, overrides, alarms, deliveries, meta];
        State = Read();

        // After all that may throw: a statement that is not disposed of keeps the file open.
        begin = file.Prepare("BEGIN IMMEDIATE");
        commit = file.Prepare("COMMIT");
        revisionOf = file.Prepare("SELECT revision FROM latch WHERE key = ?");
        history = new(file);
    }

    /// <summary>What they were when they were read.</summary>
    public StoredState State { get; }

    /// <summary>Of the newest transaction; grows with each.</summary>
    public long Revision { get; private set; }

    /// <summary>Whether the file says that it is in use: it is, or its process was killed.</summary>
    public bool IsMarkedOpen { get; private set; }

    /// <summary>Continues from the revisions of another file, so that none is given twice.</summary>
    public void ContinueAfter(long revision) => Revision = Math.Max(Revision, revision);

    /// <summary>Stores what is in force already, and has it survive a loss of power. Without any change it shows whether something
    /// can be stored.</summary>
    /// <exception cref="SqliteFault">All is as it was.</exception>
    /// <exception cref="StateCommitUnknown">It may be stored.</exception>
    public void Store(StateChanges changes) =>
        TryCommit(revision =>
        {
            if (changes.IsWhole)
            {
                nodes.Clear();
                components.Clear();
                latches.Clear();
                overrides.Clear();
                alarms.Clear();
                deliveries.Clear();
            }

            SetAll(nodes, changes.Nodes, node => node);
            SetAll(components, changes.Components, component => component);
            SetAll(latches, changes.Latches, latch => latch with { Revision = revision });
            SetAll(overrides, changes.Overrides, one => one);
            SetAll(alarms, changes.Alarms, alarm => alarm);
            SetAll(deliveries, changes.Deliveries, delivery => delivery);
            if (changes.AliveAt is { } at)
            {
                meta.Set((AliveKey, StateTime.Text(at)));
            }

            history.Append(changes.Transitions, changes.Posts);
            return true;
        });

    /// <summary>Commits a proposal if each latch has the revision that it expects.</summary>
    /// <returns>Why it is refused; null where it is committed.</returns>
    /// <inheritdoc cref="Store" path="/exception"/>
    public string? Commit(StateProposal proposal)
    {
        string? conflict = null;
        TryCommit(revision =>
        {
            conflict = ConflictOf(proposal);
            if (conflict is not null)
            {
                return false;
            }

            foreach (LatchRelease release in proposal.Releases)
            {
                latches.Set(release.After with { Revision = revision });
            }

            foreach (string key in proposal.ForgottenNodes)
            {
                nodes.Forget(key);
            }

            foreach (StoredNode node in proposal.Nodes)
            {
                nodes.Set(node);
            }

            foreach (string id in proposal.ForgottenOverrides)
            {
                overrides.Forget(id);
            }

            foreach (StoredOverride one in proposal.Overrides)
            {
                overrides.Set(one);
            }

            history.Append([], proposal.Post is { } post ? [post] : []);
            return true;
        });
        return conflict;
    }

    /// <summary>Has the file say that it is closed.</summary>
    /// <inheritdoc cref="Store" path="/exception"/>
    public void MarkClosed()
    {
        if (IsMarkedOpen)
        {
            TryCommit(_ => true, isOpen: false);
        }
    }

    public void Dispose()
    {
        foreach (IDisposable one in (IDisposable[])[.. tables, begin, commit, revisionOf, history])
        {
            one.Dispose();
        }
    }

    private static void SetAll<TRow>(
        StateTable<TRow> table,
        IReadOnlyDictionary<string, TRow?> rows,
        Func<TRow, TRow> stored
    )
        where TRow : class
    {
        foreach ((string key, TRow? row) in rows)
        {
            if (row is null)
            {
                table.Forget(key);
            }
            else
            {
                table.Set(stored(row));
            }
        }
    }

    private StoredState Read()
    {
        StateDigest.CheckSchema(file);
        StoredState state = new()
        {
            Nodes = nodes.Read(),
            Components = components.Read(),
            Latches = latches.Read(),
            Overrides = overrides.Read(),
            Alarms = alarms.Read(),
            Deliveries = deliveries.Read(),
        };
        Dictionary<string, string> values = [];
        foreach ((string key, string value) in meta.Read())
        {
            values[key] = value;
        }

        IsMarkedOpen = values.ContainsKey(OpenKey);
        Revision = long.Parse(values[RevisionKey], CultureInfo.InvariantCulture);
        return state with { AliveAt = values.TryGetValue(AliveKey, out string? at) ? StateTime.Read(at) : null };
    }

    private string? ConflictOf(StateProposal proposal)
    {
        foreach (LatchRelease release in proposal.Releases)
        {
            long stored = RevisionOf(release.After.Key);
            if (stored != release.ExpectedRevision || stored == 0)
            {
                string latch = $"latch {Printable.Escape(release.After.Key)}";
                return stored == 0
                    ? $"no {latch} is stored"
                    : $"{latch} is at revision {StateText.Of(stored)}, not {StateText.Of(release.ExpectedRevision)}";
            }
        }

        return null;
    }

    private long RevisionOf(string latch)
    {
        revisionOf.Bind(latch);
        try
        {
            return revisionOf.Next() ? revisionOf.Number(0) : 0;
        }
        finally
        {
            revisionOf.Reset();
        }
    }

    /// <param name="change">Changes rows, given the revision of the transaction; false rolls it back.</param>
    /// <param name="isOpen">Whether the file is in use afterwards.</param>
    private void TryCommit(Func<long, bool> change, bool isOpen = true)
    {
        long next = Revision + 1;
        begin.Run();
        try
        {
            if (!change(next))
            {
                Rollback();
                return;
            }

            Mark(isOpen);
            meta.Set((RevisionKey, StateText.Of(next)));
            Array.ForEach(tables, table => table.WriteDigest());
        }
        catch
        {
            Rollback();
            throw;
        }

        try
        {
            commit.Run();
        }
        catch (SqliteFault fault)
        {
            Rollback();
            throw fault.LeavesCommitOpen ? new StateCommitUnknown(fault.Message, fault) : fault;
        }

        Array.ForEach(tables, table => table.Commit());
        Revision = next;
        IsMarkedOpen = isOpen;
        MoveMark(isOpen);
    }

    private void Mark(bool isOpen)
    {
        if (isOpen == IsMarkedOpen)
        {
            return;
        }

        if (isOpen)
        {
            meta.Set((OpenKey, "with a log"));
        }
        else
        {
            meta.Forget(OpenKey);
        }
    }

    // The mark shows that the log is missing: it has to be in the file itself before more than the first commit stands in
    // the log alone.
    private void MoveMark(bool isOpen)
    {
        if (isMarked || !isOpen)
        {
            return;
        }

        try
        {
            file.Checkpoint();
            isMarked = true;
        }
        catch (SqliteFault)
        {
            // The commit is stored nevertheless; the next one tries again.
        }
    }

    private void Rollback()
    {
        file.Rollback();
        Array.ForEach(tables, table => table.Rollback());
    }
}
