using System.Globalization;

namespace Failover;

/// <summary>How many rows a table has, and the sum of their checksums: shows that no row was removed, added or taken back to an earlier
/// value, all of which leave each row's own checksum right.</summary>
/// <remarks>A sum does not depend on the order of the rows, so that one is replaced without the others being read. The digests of all
/// tables are in <c>meta</c>, and change in the transaction that changes the rows.</remarks>
internal readonly record struct StateDigest(long Rows, UInt128 Sum)
{
    /// <summary>Keys in <c>meta</c> that begin so are digests.</summary>
    public const string KeyPrefix = "digest.";

    private const string SchemaTable = "sqlite_schema";
    private const string SchemaKey = "digest.schema";

    public static StateDigest operator +(StateDigest digest, UInt128 checksum) =>
        new(digest.Rows + 1, digest.Sum + checksum);

    public static StateDigest operator -(StateDigest digest, UInt128 checksum) =>
        new(digest.Rows - 1, digest.Sum - checksum);

    /// <summary>Of the tables as they are declared.</summary>
    public static UInt128 OfSchema(SqliteFile file)
    {
        RowChecksum checksum = new();
        UInt128 sum = 0;
        using SqliteStatement statement = file.Prepare(
            $"SELECT type, name, tbl_name, sql FROM {SchemaTable} WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        );
        while (statement.Next())
        {
            sum += checksum.Of(SchemaTable, statement, statement.ColumnCount);
        }

        return sum;
    }

    /// <summary>Has the file say how its tables are declared.</summary>
    public static void WriteSchema(SqliteFile file)
    {
        using SqliteStatement statement = Writing(file);
        statement.Run(SchemaKey, RowChecksum.Text(OfSchema(file)));
    }

    /// <summary>Compares the tables with what the file says of them.</summary>
    /// <exception cref="StateDamage">They are declared otherwise.</exception>
    public static void CheckSchema(SqliteFile file)
    {
        string stored = file.Text($"SELECT value FROM meta WHERE key = '{SchemaKey}'");
        if (stored != RowChecksum.Text(OfSchema(file)))
        {
            throw new StateDamage(
                stored.Length == 0 ? "the digest of its schema is missing" : "its tables are not declared as they were"
            );
        }
    }

    /// <summary>The statement that writes a digest, with its key and its text for parameters.</summary>
    public static SqliteStatement Writing(SqliteFile file) =>
        file.Prepare("INSERT OR REPLACE INTO meta (key, value, checksum) VALUES (?, ?, '')");

    /// <summary>The digest that the file says a table has.</summary>
    /// <exception cref="StateDamage">It says none.</exception>
    public static StateDigest Read(SqliteFile file, string table)
    {
        string text = file.Text($"SELECT value FROM meta WHERE key = '{KeyPrefix}{table}'");
        return
            text.Split(' ') is [var rows, var sum]
            && long.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            && UInt128.TryParse(sum, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 checksum)
            ? new(count, checksum)
            : throw new StateDamage($"the digest of table {table} is missing or damaged");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rows} {RowChecksum.Text(Sum)}");
}
