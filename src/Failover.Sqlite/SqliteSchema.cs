using System.Collections.Immutable;

namespace Failover;

/// <summary>The tables of a state file, and how an older file comes to have them.</summary>
/// <param name="Migrations">The first makes a version of an empty file, the next one another version of that, and so on. Once
/// released, none is changed.</param>
internal sealed record SqliteSchema(ImmutableArray<Migration> Migrations)
{
    /// <summary>Says in the header that the file is ours: "Fovr". `file` and SQLite's own tools show it.</summary>
    public const int ApplicationId = 0x466F7672;

    // A row that is changed by hand makes the file a damaged one (see RowChecksum). How to read it: docs/guide/persistence.md.
    private const string Version1 = """
        -- Times are UTC, as 2026-01-31T23:59:59.1234567Z: they sort as text.

        -- What each node remembers.
        CREATE TABLE node (
          key TEXT PRIMARY KEY,
          fingerprint TEXT NOT NULL,
          state TEXT NOT NULL,
          reason TEXT NOT NULL,
          at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Toggles that stand at fail.
        CREATE TABLE latch (
          component TEXT NOT NULL,
          path TEXT NOT NULL,
          reason TEXT NOT NULL,
          since TEXT NOT NULL,
          PRIMARY KEY (component, path)
        ) STRICT, WITHOUT ROWID;

        -- The history of what components served, oldest first.
        CREATE TABLE transition (
          id INTEGER PRIMARY KEY,
          at TEXT NOT NULL,
          component TEXT NOT NULL,
          from_state TEXT NOT NULL,
          to_state TEXT NOT NULL,
          reason TEXT NOT NULL,
          evidence INTEGER NOT NULL
        ) STRICT;

        -- The audit of POSTs, oldest first. Without a password there is no user.
        CREATE TABLE post (
          id INTEGER PRIMARY KEY,
          at TEXT NOT NULL,
          component TEXT NOT NULL,
          user TEXT,
          source TEXT NOT NULL,
          outcome TEXT NOT NULL
        ) STRICT;

        -- alive_at: when the process that wrote the rest was last known to be alive.
        -- digest: of all rows of node and latch, and of alive_at.
        CREATE TABLE meta (
          key TEXT PRIMARY KEY,
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """;

    // A checksum for each row in place of one digest of all; the first contrary observation of a transition; overrides. Tables are made again
    // and take over the rows, so that a migrated file and a new one are declared alike.
    private const string Version5 = """
        ALTER TABLE node RENAME TO node_1;
        ALTER TABLE latch RENAME TO latch_1;
        ALTER TABLE transition RENAME TO transition_1;
        ALTER TABLE meta RENAME TO meta_1;

        -- checksum, here and below: of the table's name and the other columns. It shows an edit by hand, and a disk that
        -- gives other bytes than were written.

        -- What each node remembers.
        CREATE TABLE node (
          key TEXT PRIMARY KEY,
          kind TEXT NOT NULL,
          fingerprint TEXT NOT NULL,
          state TEXT NOT NULL,
          reason TEXT NOT NULL,
          at TEXT NOT NULL,
          checksum TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- What each component served last. held_by: identities of latches that hold it at fail, joined by newlines.
        CREATE TABLE component (
          name TEXT PRIMARY KEY,
          state TEXT NOT NULL,
          reason TEXT NOT NULL,
          since TEXT NOT NULL,
          is_latched INTEGER NOT NULL,
          held_by TEXT NOT NULL,
          checksum TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Toggles: those at fail, and those at ok that have moved. Names of components are joined by newlines.
        -- is_authorised is NULL where version 1 stored the latch: its description says.
        -- revision: of the transaction that stored the row.
        CREATE TABLE latch (
          key TEXT PRIMARY KEY,
          kind TEXT NOT NULL,
          fingerprint TEXT NOT NULL,
          state TEXT NOT NULL,
          id TEXT NOT NULL,
          is_authorised INTEGER,
          components TEXT NOT NULL,
          reason TEXT NOT NULL,
          since TEXT NOT NULL,
          revision INTEGER NOT NULL,
          checksum TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Overrides that are in force. lasts_ms: for how long from then on, the time without a process not counted. hides_latch: whether it
        -- may serve ok over a latch.
        CREATE TABLE override (
          id TEXT PRIMARY KEY,
          component TEXT NOT NULL,
          kind TEXT NOT NULL,
          state TEXT NOT NULL,
          reason TEXT NOT NULL,
          user TEXT NOT NULL,
          source TEXT NOT NULL,
          since TEXT NOT NULL,
          lasts_ms INTEGER NOT NULL,
          hides_latch INTEGER NOT NULL,
          checksum TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- The history of what components served, oldest first.
        -- first_at, first_reason: the first of the consecutive observations that a hysteresis counted; NULL where none decided.
        CREATE TABLE transition (
          id INTEGER PRIMARY KEY,
          at TEXT NOT NULL,
          component TEXT NOT NULL,
          from_state TEXT NOT NULL,
          to_state TEXT NOT NULL,
          reason TEXT NOT NULL,
          evidence INTEGER NOT NULL,
          first_at TEXT,
          first_reason TEXT
        ) STRICT;

        -- alive_at: when the process that wrote the rest was last known to be alive.
        -- revision: of the newest transaction. open: the file is in use, and has a log beside it.
        -- digest.TABLE: the number of its rows and the sum of their checksums. digest.schema: of the declarations.
        -- The digests themselves have no checksum.
        CREATE TABLE meta (
          key TEXT PRIMARY KEY,
          value TEXT NOT NULL,
          checksum TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        INSERT INTO node SELECT key, '', fingerprint, state, reason, at, '' FROM node_1;
        INSERT INTO latch
          SELECT '/' || component || '#' || path, '', '', 'fail', '', NULL, component, reason, since,
            row_number() OVER (ORDER BY component, path), ''
          FROM latch_1;
        INSERT INTO transition SELECT *, NULL, NULL FROM transition_1;
        INSERT INTO meta SELECT key, value, '' FROM meta_1 WHERE key <> 'digest';
        INSERT INTO meta SELECT 'revision', count(*), '' FROM latch;
        DROP TABLE node_1;
        DROP TABLE latch_1;
        DROP TABLE transition_1;
        DROP TABLE meta_1;
        """;

    // Notifications.
    private const string Version6 = """
        -- What is wrong and people were notified of: the newest notification of each subject. topics are joined by commas. component is NULL, and
        -- the states, where it is about none; before_state also where nothing was wrong before. routes: on which it was reported, each with the
        -- time since when it is what the route takes, joined by newlines.
        CREATE TABLE alarm (
          subject TEXT PRIMARY KEY,
          routes TEXT NOT NULL,
          id TEXT NOT NULL,
          alarm TEXT NOT NULL,
          status TEXT NOT NULL,
          topics TEXT NOT NULL,
          severity TEXT NOT NULL,
          reason TEXT NOT NULL,
          at TEXT NOT NULL,
          since TEXT NOT NULL,
          component TEXT,
          state TEXT,
          before_state TEXT,
          is_latched INTEGER NOT NULL,
          checksum TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Notifications that are to be delivered, in the order of their numbers, or have been given up: failure says why.
        CREATE TABLE delivery (
          key TEXT PRIMARY KEY,
          number INTEGER NOT NULL,
          route TEXT NOT NULL,
          failure TEXT,
          subject TEXT NOT NULL,
          id TEXT NOT NULL,
          alarm TEXT NOT NULL,
          status TEXT NOT NULL,
          topics TEXT NOT NULL,
          severity TEXT NOT NULL,
          reason TEXT NOT NULL,
          at TEXT NOT NULL,
          since TEXT NOT NULL,
          component TEXT,
          state TEXT,
          before_state TEXT,
          is_latched INTEGER NOT NULL,
          checksum TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """;

    /// <summary>The one that this program writes. Versions 2 to 4 were never released.</summary>
    public static SqliteSchema Current { get; } = new([new(1, Version1), new(5, Version5), new(6, Version6)]);

    /// <summary>The version that a file has in the end; it stands in its <c>PRAGMA user_version</c>.</summary>
    public int Version => Migrations[^1].Version;

    /// <summary>Whether a file of a version can be used or migrated.</summary>
    public bool Knows(long version) => Migrations.Any(migration => migration.Version == version);

    /// <summary>Brings a file from a version to this one, as a whole or not at all.</summary>
    /// <param name="file">The file.</param>
    /// <param name="from">Its version; 0 where it is empty.</param>
    public void Migrate(SqliteFile file, int from) =>
        file.InTransaction(() =>
        {
            foreach (Migration migration in Migrations.Where(migration => migration.Version > from))
            {
                file.Run(migration.Sql);
            }

            file.Run($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}");
            StateTables.Seal(file);
        });
}

/// <summary>What makes a version of the one before.</summary>
/// <param name="Version">The version that it makes.</param>
/// <param name="Sql">How.</param>
internal readonly record struct Migration(int Version, string Sql);
