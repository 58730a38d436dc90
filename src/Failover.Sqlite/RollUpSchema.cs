namespace Failover;

/// <summary>The declarations of the tables of roll-ups. How to read them: docs/guide/persistence.md.</summary>
internal static class RollUpSchema
{
    /// <summary>Says in the header that the file is ours: "FovH".</summary>
    public const int ApplicationId = 0x466F7648;

    /// <summary>The version of the tables.</summary>
    public const int Version = 1;

    private static readonly string Schema = $"""
        -- at: seconds since 1970, UTC. ok, fail, error: milliseconds in which the component served that and it was known; the rest of the
        -- time nobody looked. probes, longest (microseconds) and sketch: of its checks' probes that could tell.
        -- sketch: pairs of numbers in LEB128, the step from the bucket before and the count. Buckets: docs/decisions/0034-roll-ups-in-a-file-of-their-own.md.

        CREATE TABLE component (
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL UNIQUE,
          -- The newest hour that it has a row of.
          last INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        {Table("minute")}
        {Table("hour")}
        PRAGMA application_id = {ApplicationId};
        PRAGMA user_version = {Version};
        """;

    /// <summary>Makes the tables in an empty file.</summary>
    public static void Make(SqliteFile file) => file.InTransaction(() => file.Run(Schema));

    private static string Table(string name) =>
        $"""
            CREATE TABLE {name} (
              at INTEGER NOT NULL,
              component INTEGER NOT NULL,
              ok INTEGER NOT NULL,
              fail INTEGER NOT NULL,
              error INTEGER NOT NULL,
              probes INTEGER NOT NULL,
              longest INTEGER NOT NULL,
              sketch BLOB NOT NULL,
              PRIMARY KEY (at, component)
            ) STRICT, WITHOUT ROWID;
            """;
}
