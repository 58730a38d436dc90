namespace Failover;

/// <summary>How versions 1 and 2 of the state file show that rows are what was stored: by one digest, the sum of the checksums of all
/// rows but the history, in <c>meta</c>.</summary>
internal static class OldDigest
{
    /// <summary>The last version of the schema that has it.</summary>
    public const int LastVersion = 2;

    /// <summary>Of all that is covered.</summary>
    /// <param name="file">The file.</param>
    /// <param name="version">The version of its schema.</param>
    public static UInt128 OfFile(SqliteFile file, long version) =>
        version == 1
            ? StateDigest.OfSchema(file)
                + OfRows(file, "node", "SELECT * FROM node")
                + OfRows(file, "latch", "SELECT * FROM latch")
                + OfRows(file, "alive_at", "SELECT value FROM meta WHERE key = 'alive_at'")
            : StateDigest.OfSchema(file)
                + OfRows(file, "node", "SELECT * FROM node")
                + OfRows(file, "component", "SELECT * FROM component")
                + OfRows(file, "latch", "SELECT * FROM latch")
                + OfRows(file, "meta", "SELECT * FROM meta WHERE key <> 'digest'");

    /// <summary>The digest that the file says it has; empty where it says none.</summary>
    public static string Read(SqliteFile file) => file.Text("SELECT value FROM meta WHERE key = 'digest'");

    private static UInt128 OfRows(SqliteFile file, string table, string query)
    {
        RowChecksum checksum = new();
        UInt128 sum = 0;
        using SqliteStatement statement = file.Prepare(query);
        while (statement.Next())
        {
            sum += checksum.Of(table, statement, statement.ColumnCount);
        }

        return sum;
    }
}
