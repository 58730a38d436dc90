using System.Globalization;

namespace Failover;

/// <summary>The roll-ups in an SQLite file: one row for a component and minute, and for a component and hour.</summary>
/// <remarks>The key begins with the time: a minute is written side by side at the end of its table, and forgotten as a whole. A component is
/// found in each by one step down the tree.</remarks>
internal sealed partial class RollUpTables : IDisposable
{
    private const long Minute = 60;
    private const long Hour = 3600;

    private const string Columns = "ok, fail, error, probes, longest, sketch";

    private readonly SqliteFile file;
    private readonly Dictionary<string, long> ids = new(StringComparer.Ordinal);
    private readonly LatencySketch sketch = new();
    private readonly LatencySketch.Writer writer = new();
    private readonly SqliteStatement findId;
    private readonly SqliteStatement addId;
    private readonly SqliteStatement addMinute;
    private readonly SqliteStatement minuteOf;
    private readonly SqliteStatement hourOf;
    private readonly SqliteStatement minutesOf;
    private readonly SqliteStatement setMinute;
    private readonly SqliteStatement setHour;

    // The first hour that is not rolled up, while it is being; null otherwise.
    private long? rolling;

    /// <summary>Uses a file that has the tables.</summary>
    /// <exception cref="SqliteFault">It has them not, or is damaged.</exception>
    public RollUpTables(SqliteFile file)
    {
        this.file = file;
        findId = file.Prepare("SELECT id FROM component WHERE name = ?");
        addId = file.Prepare("INSERT INTO component (name) VALUES (?) RETURNING id");
        addMinute = file.Prepare(
            $"INSERT OR IGNORE INTO minute (at, component, {Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        );
        minuteOf = file.Prepare($"SELECT {Columns} FROM minute WHERE at = ? AND component = ?");
        hourOf = file.Prepare($"SELECT {Columns} FROM hour WHERE at = ? AND component = ?");
        minutesOf = file.Prepare(
            $"SELECT {Columns}, component FROM minute WHERE at = ? AND component >= ? AND component < ?"
        );
        setMinute = file.Prepare(
            $"INSERT OR REPLACE INTO minute (at, component, {Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        );
        setHour = file.Prepare(
            $"INSERT OR REPLACE INTO hour (at, component, {Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        );
    }

    public void Dispose()
    {
        foreach (
            SqliteStatement statement in (SqliteStatement[])
                [findId, addId, addMinute, minuteOf, hourOf, minutesOf, setMinute, setHour]
        )
        {
            statement.Dispose();
        }
    }

    /// <summary>Stores some rows of a minute, all or none of them. A row that is there already, of a process before this one or of a clock
    /// that was set back, becomes the sum.</summary>
    public void Add(RollUpBatch batch, Range rows)
    {
        long at = batch.From.ToUnixTimeSeconds();
        at -= at % Minute;
        // The hour may be rolled up already.
        bool isLate = at < NextHour();
        try
        {
            file.InTransaction(() =>
            {
                foreach (RollUpRow row in batch.Rows.AsSpan()[rows])
                {
                    long id = IdOf(row.Component);
                    if (isLate)
                    {
                        AddTo(setHour, hourOf, at - (at % Hour), id, batch, row);
                    }

                    Bind(addMinute, at, id, RollUpSums.Of(row), batch.SketchOf(row));
                    addMinute.RunBound();
                    if (file.Changes == 0)
                    {
                        AddTo(setMinute, minuteOf, at, id, batch, row);
                    }
                }
            });
        }
        catch
        {
            // Those that were new are not there.
            ids.Clear();
            throw;
        }
    }

    /// <summary>The first hour that is not rolled up and has minutes; null where there is none before a moment.</summary>
    public long? HourToRoll(DateTimeOffset before)
    {
        long at = file.Number(
            string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT coalesce(min(at), 0) FROM minute WHERE at >= {NextHour()}"
            )
        );
        long hour = at - (at % Hour);
        return at > 0 && hour + Hour <= before.ToUnixTimeSeconds() ? hour : null;
    }

    /// <summary>Rolls up an hour, all of it or nothing.</summary>
    /// <param name="hour">Which.</param>
    /// <param name="pause">Called from time to time, between two parts of the work.</param>
    public void RollUp(long hour, Action pause)
    {
        const int Few = 500;
        // What is read meanwhile is of before: an hour that is half rolled up is not to hide its minutes.
        rolling = NextHour();
        try
        {
            long last = file.Number("SELECT coalesce(max(id), 0) FROM component");
            List<long> minutes = MinutesOf(hour);
            file.InTransaction(() =>
            {
                for (long first = 0; first <= last; first += Few)
                {
                    pause();
                    SortedDictionary<long, (RollUpSums Sums, LatencySketch Sketch)> sums = [];
                    foreach (long at in minutes)
                    {
                        AddMinute(at, first, first + Few, sums);
                    }

                    foreach ((long id, (RollUpSums one, LatencySketch all)) in sums)
                    {
                        writer.Clear();
                        all.WriteTo(writer);
                        Bind(setHour, hour, id, one, writer.Written);
                        setHour.RunBound();
                    }
                }

                file.Run(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"UPDATE component SET last = {hour} WHERE id IN (SELECT component FROM hour WHERE at = {hour})"
                    )
                );
            });
        }
        finally
        {
            rolling = null;
        }
    }

    /// <summary>Forgets what begins before a moment, the oldest first.</summary>
    /// <param name="period">Minutes or hours.</param>
    /// <param name="before">The moment.</param>
    /// <param name="most">At most so many minutes or hours.</param>
    /// <param name="isShortOfSpace">Whether minutes are forgotten, too, that are in no hour yet.</param>
    /// <returns>How many were forgotten.</returns>
    public int Forget(RollUpPeriod period, DateTimeOffset before, int most, bool isShortOfSpace = false)
    {
        string table = period == RollUpPeriod.Minute ? "minute" : "hour";
        for (int forgotten = 0; forgotten < most; forgotten++)
        {
            long oldest = file.Number($"SELECT coalesce(min(at), 0) FROM {table}");
            // The newest hour says up to where minutes are in hours.
            bool isNeeded =
                period == RollUpPeriod.Minute
                    ? !isShortOfSpace && oldest >= NextHour()
                    : oldest == Newest(table, long.MaxValue);
            if (oldest == 0 || oldest >= before.ToUnixTimeSeconds() || isNeeded)
            {
                return forgotten;
            }

            file.Run(string.Create(CultureInfo.InvariantCulture, $"DELETE FROM {table} WHERE at = {oldest}"));
        }

        return most;
    }

    /// <summary>Forgets the names of components that have no rows any longer.</summary>
    public void ForgetNames()
    {
        file.Run(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                DELETE FROM component WHERE last > 0 AND last < (SELECT coalesce(min(at), 0) FROM hour)
                  AND last < (SELECT coalesce(min(at), 0) FROM minute) - {Hour}
                """
            )
        );
        if (file.Changes > 0)
        {
            ids.Clear();
        }
    }

    /// <summary>The time from the oldest to the newest, of minutes or hours.</summary>
    public (DateTimeOffset Oldest, DateTimeOffset Newest) Span(RollUpPeriod period)
    {
        string table = period == RollUpPeriod.Minute ? "minute" : "hour";
        return (Time(file.Number($"SELECT coalesce(min(at), 0) FROM {table}")), Time(Newest(table, long.MaxValue)));
    }

    // Whatever stands there: by a wrong one the rest is not to be kept for ever.
    private static DateTimeOffset Time(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));

    /// <summary>How many bytes of the file are in use.</summary>
    public long Size() =>
        (file.Number("PRAGMA page_count") - file.Number("PRAGMA freelist_count")) * file.Number("PRAGMA page_size");

    private static void Bind(SqliteStatement statement, long at, long id, RollUpSums sums, ReadOnlySpan<byte> sketch)
    {
        statement.Bind(1, at);
        statement.Bind(2, id);
        sums.Bind(statement, first: 3);
        statement.Bind(8, sketch);
    }

    private void AddTo(SqliteStatement set, SqliteStatement rowOf, long at, long id, RollUpBatch batch, RollUpRow row)
    {
        sketch.Clear();
        rowOf.Bind(1, at);
        rowOf.Bind(2, id);
        RollUpSums sums = RollUpSums.Of(row);
        sums = rowOf.Next() ? sums + RollUpSums.Read(rowOf, sketch) : sums;
        rowOf.Reset();
        _ = sketch.TryAdd(batch.SketchOf(row));
        writer.Clear();
        sketch.WriteTo(writer);
        Bind(set, at, id, sums, writer.Written);
        set.RunBound();
    }

    // As they are found: one that is found and not rolled up would be found again and again.
    private List<long> MinutesOf(long hour)
    {
        List<long> minutes = [];
        for (long at = Newest("minute", hour + Hour); at >= hour; at = Newest("minute", at))
        {
            minutes.Add(at);
        }

        return minutes;
    }

    private void AddMinute(
        long at,
        long first,
        long end,
        SortedDictionary<long, (RollUpSums Sums, LatencySketch Sketch)> to
    )
    {
        minutesOf.Bind(1, at);
        minutesOf.Bind(2, first);
        minutesOf.Bind(3, end);
        try
        {
            while (minutesOf.Next())
            {
                long id = minutesOf.Number(6);
                if (!to.TryGetValue(id, out (RollUpSums Sums, LatencySketch Sketch) known))
                {
                    known = (default, new());
                }

                to[id] = (known.Sums + RollUpSums.Read(minutesOf, known.Sketch), known.Sketch);
            }
        }
        finally
        {
            minutesOf.Reset();
        }
    }

    private long IdOf(string component)
    {
        if (ids.TryGetValue(component, out long known))
        {
            return known;
        }

        if (FindId(component) is not { } id)
        {
            addId.Bind(1, component);
            _ = addId.Next();
            id = addId.Number(0);
            addId.Reset();
        }

        ids.Add(component, id);
        return id;
    }

    private long? FindId(string component)
    {
        findId.Bind(1, component);
        long? id = findId.Next() ? findId.Number(0) : null;
        findId.Reset();
        return id;
    }

    private long Newest(string table, long before)
    {
        using SqliteStatement newest = file.Prepare($"SELECT coalesce(max(at), 0) FROM {table} WHERE at < ?");
        newest.Bind(1, before);
        return newest.Next() ? newest.Number(0) : 0;
    }

    // The first that is not rolled up.
    private long NextHour() =>
        rolling ?? (Newest("hour", long.MaxValue) is var newest && newest > 0 ? newest + Hour : 0);
}
