namespace Failover;

// What has been rolled up, as people read it.
internal sealed partial class RollUpTables
{
    /// <summary>Reads roll-ups of a component, the newest first; null where it is not known.</summary>
    public IReadOnlyList<LatencyRollUp>? Read(RollUpQuery query)
    {
        if (FindId(query.Component) is not { } id)
        {
            return null;
        }

        List<LatencyRollUp> read = [];
        long since = query.Since.ToUnixTimeSeconds();
        if (query.By == RollUpPeriod.Minute)
        {
            Read("minute", minuteOf, id, since, query.Limit, read);
            return read;
        }

        // Hours that are not over yet are made of their minutes.
        for (long hour = Newest("minute", long.MaxValue); hour >= NextHour() && hour > 0 && read.Count < query.Limit; )
        {
            hour -= hour % Hour;
            RollUpSums sums = default;
            sketch.Clear();
            for (long at = hour; at < hour + Hour; at += Minute)
            {
                minuteOf.Bind(1, at);
                minuteOf.Bind(2, id);
                try
                {
                    sums = minuteOf.Next() ? sums + RollUpSums.Read(minuteOf, sketch) : sums;
                }
                finally
                {
                    // Also where a row is damaged: it is used again.
                    minuteOf.Reset();
                }
            }

            if (hour >= since && sums != default)
            {
                read.Add(sums.Document(hour, sketch));
            }

            hour = Newest("minute", hour);
        }

        Read("hour", hourOf, id, since, query.Limit, read);
        return read;
    }

    private void Read(string table, SqliteStatement rowOf, long id, long since, int limit, List<LatencyRollUp> read)
    {
        using SqliteStatement before = file.Prepare($"SELECT max(at) FROM {table} WHERE at < ?");
        for (long at = long.MaxValue; read.Count < limit; )
        {
            before.Bind(1, at);
            bool isThere = before.Next() && !before.IsNull(0);
            at = isThere ? before.Number(0) : 0;
            before.Reset();
            if (!isThere || at < since)
            {
                return;
            }

            rowOf.Bind(1, at);
            rowOf.Bind(2, id);
            try
            {
                if (rowOf.Next())
                {
                    sketch.Clear();
                    read.Add(RollUpSums.Read(rowOf, sketch).Document(at, sketch));
                }
            }
            finally
            {
                rowOf.Reset();
            }
        }
    }
}
