namespace Failover;

/// <summary>How version 1 of the state file shows that rows are what was stored: by one digest, the sum of the checksums of all rows but
/// the history, in <c>meta</c>.</summary>
internal static class OldDigest
{
    /// <summary>The version of the schema that has it.</summary>
    public const int Version = 1;

    /// <summary>Of all that is covered.</summary>
    public static UInt128 OfFile(SqliteFile file) =>
        StateDigest.OfSchema(file)
        + OfRows(file, "node", "SELECT * FROM node")
        + OfRows(file, "latch", "SELECT * FROM latch")
        + OfRows(file, "alive_at", "SELECT value FROM meta WHERE key = 'alive_at'");

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
