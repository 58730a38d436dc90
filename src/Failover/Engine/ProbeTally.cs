using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Counts what the probes of a minute took, by check and bucket, and hands it over by component. Eight bytes a probe at most, fewer
/// where many are alike.</summary>
internal sealed class ProbeTally
{
    // A number with the check (28 bits) or the row (as many), the bucket (12) and the count (24), from the highest bits on: sorted, what
    // belongs together stands together.
    private const int CountBits = 24;
    private const int BucketBits = 12;
    private const ulong MostCounted = (1UL << CountBits) - 1;
    private const int CompactAt = 1 << 16;

    private readonly Dictionary<Node, int> numberOf = [];
    private readonly List<Node> checks = [];
    private readonly List<TimeSpan> longest = [];
    private readonly List<ulong> counted = [];
    private readonly List<ulong> byRow = [];
    private readonly Dictionary<int, TimeSpan> longestOfRow = [];
    private readonly HashSet<Vertex> above = [];
    private int compactAt = CompactAt;

    public static int BucketOf(ulong one) => (int)(one >> CountBits) & ((1 << BucketBits) - 1);

    public static uint CountOf(ulong one) => (uint)(one & MostCounted);

    /// <summary>Counts a probe.</summary>
    public void Add(Node check, TimeSpan took)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(numberOf, check, out bool isKnown);
        if (!isKnown)
        {
            number = checks.Count;
            checks.Add(check);
            longest.Add(TimeSpan.Zero);
        }

        if (took > longest[number])
        {
            longest[number] = took;
        }

        counted.Add(Of(number, LatencySketch.BucketOf(took), count: 1));
        if (counted.Count >= compactAt)
        {
            Compact(counted);
            compactAt = Math.Max(CompactAt, 2 * counted.Count);
        }
    }

    /// <summary>Hands all over, and begins anew.</summary>
    public void TakeAll(RollUpBuilder builder)
    {
        Compact(counted);
        AttributeToRows(builder);
        Compact(byRow);
        ReadOnlySpan<ulong> rest = CollectionsMarshal.AsSpan(byRow);
        while (!rest.IsEmpty)
        {
            int row = NumberOf(rest[0]);
            int length = 1;
            while (length < rest.Length && NumberOf(rest[length]) == row)
            {
                length++;
            }

            builder.Take(row, rest[..length], longestOfRow[row]);
            rest = rest[length..];
        }

        numberOf.Clear();
        checks.Clear();
        longest.Clear();
        counted.Clear();
        byRow.Clear();
        longestOfRow.Clear();
        compactAt = CompactAt;
    }

    private void AttributeToRows(RollUpBuilder builder)
    {
        ReadOnlySpan<ulong> rest = CollectionsMarshal.AsSpan(counted);
        while (!rest.IsEmpty)
        {
            int check = NumberOf(rest[0]);
            int length = 1;
            while (length < rest.Length && NumberOf(rest[length]) == check)
            {
                length++;
            }

            foreach (string component in checks[check].Vertex.ComponentsAbove(above))
            {
                int row = builder.RowOf(component);
                foreach (ulong one in rest[..length])
                {
                    byRow.Add(Of(row, BucketOf(one), CountOf(one)));
                }

                TimeSpan known = longestOfRow.GetValueOrDefault(row);
                longestOfRow[row] = longest[check] > known ? longest[check] : known;
            }

            rest = rest[length..];
        }
    }

    private static void Compact(List<ulong> all)
    {
        all.Sort();
        Span<ulong> sorted = CollectionsMarshal.AsSpan(all);
        int kept = 0;
        for (int i = 1; i < sorted.Length; i++)
        {
            bool isAlike = sorted[i] >> CountBits == sorted[kept] >> CountBits;
            ulong sum = (sorted[i] & MostCounted) + (sorted[kept] & MostCounted);
            if (isAlike && sum <= MostCounted)
            {
                sorted[kept] = (sorted[kept] & ~MostCounted) | sum;
            }
            else
            {
                sorted[++kept] = sorted[i];
            }
        }

        if (sorted.Length > 0)
        {
            all.RemoveRange(kept + 1, all.Count - kept - 1);
        }
    }

    private static ulong Of(int number, int bucket, uint count) =>
        ((ulong)number << (BucketBits + CountBits)) | ((ulong)bucket << CountBits) | count;

    private static int NumberOf(ulong one) => (int)(one >> (BucketBits + CountBits));
}
