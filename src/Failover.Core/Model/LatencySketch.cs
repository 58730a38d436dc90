using System.Numerics;

namespace Failover;

/// <summary>Counts durations in buckets, so that percentiles of many are known without keeping them, and sketches of minutes add up to that
/// of an hour without a loss.</summary>
/// <remarks>Up to 31 µs each microsecond has its bucket. Above, each power of two has 32 of equal width, as in HdrHistogram: what is read
/// is the middle of a bucket, at most 1/64 (1.6 %) away from what was counted.</remarks>
internal sealed class LatencySketch
{
    /// <summary>How many buckets there are. Longer durations than a year are counted as one.</summary>
    public const int Buckets = (PowersOfTwo - BitsOfExact + 1) * Exact;

    private const int BitsOfExact = 5;
    private const int Exact = 1 << BitsOfExact;
    private const int PowersOfTwo = 45;
    private const long Longest = (1L << PowersOfTwo) - 1;

    private readonly uint[] counts = new uint[Buckets];

    /// <summary>How many durations have been counted.</summary>
    public long Count { get; private set; }

    /// <summary>The bucket of a duration.</summary>
    public static int BucketOf(TimeSpan duration)
    {
        ulong micros = (ulong)Math.Clamp(duration.Ticks / TimeSpan.TicksPerMicrosecond, 0, Longest);
        if (micros < Exact)
        {
            return (int)micros;
        }

        int shift = BitOperations.Log2(micros) - BitsOfExact;
        return ((shift + 1) * Exact) + (int)((micros >> shift) & (Exact - 1));
    }

    /// <summary>The middle of a bucket.</summary>
    public static TimeSpan ValueOf(int bucket)
    {
        if (bucket < Exact)
        {
            return TimeSpan.FromMicroseconds(bucket);
        }

        int shift = (bucket / Exact) - 1;
        long least = (long)(Exact + (bucket % Exact)) << shift;
        return TimeSpan.FromTicks(
            (least * TimeSpan.TicksPerMicrosecond) + (TimeSpan.TicksPerMicrosecond * ((1L << shift) - 1) / 2)
        );
    }

    /// <summary>Counts durations of one bucket.</summary>
    public void Add(int bucket, uint count = 1)
    {
        counts[bucket] += count;
        Count += count;
    }

    /// <summary>Counts what another one has counted, as <see cref="Writer"/> has written it.</summary>
    /// <returns>False where the bytes are damaged; what comes before the damage is counted.</returns>
    public bool TryAdd(ReadOnlySpan<byte> written)
    {
        int bucket = 0;
        while (!written.IsEmpty)
        {
            if (
                !VariableLength.TryRead(ref written, out ulong step)
                || !VariableLength.TryRead(ref written, out ulong count)
            )
            {
                return false;
            }

            if (step >= Buckets || (bucket += (int)step) >= Buckets || count > uint.MaxValue)
            {
                return false;
            }

            Add(bucket, (uint)count);
        }

        return true;
    }

    /// <summary>The least duration that at least such a part of them does not exceed (nearest rank); zero where none was counted.</summary>
    /// <param name="part">From over 0 to 1: 0.99 is p99.</param>
    public TimeSpan Percentile(double part)
    {
        long rank = (long)Math.Ceiling(Count * part);
        long counted = 0;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            counted += counts[bucket];
            if (counted >= rank && counted > 0)
            {
                return ValueOf(bucket);
            }
        }

        return TimeSpan.Zero;
    }

    /// <summary>Writes it.</summary>
    public void WriteTo(Writer writer)
    {
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            if (counts[bucket] > 0)
            {
                writer.Add(bucket, counts[bucket]);
            }
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(counts);
        Count = 0;
    }

    /// <summary>Writes sketches one behind the other: the distance from the bucket before and the count, two numbers of variable length for
    /// each bucket in use.</summary>
    public sealed class Writer
    {
        private byte[] bytes = new byte[256];
        private int last;

        /// <summary>How much is written.</summary>
        public int Length { get; private set; }

        /// <summary>What is written.</summary>
        public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

        /// <summary>The next bucket is the first of another sketch.</summary>
        public void Begin() => last = 0;

        /// <summary>Writes a bucket; they come in their order.</summary>
        public void Add(int bucket, uint count)
        {
            if (bytes.Length - Length < 2 * VariableLength.Longest)
            {
                Array.Resize(ref bytes, 2 * bytes.Length);
            }

            Length += VariableLength.Write(bytes.AsSpan(Length), (ulong)(bucket - last));
            Length += VariableLength.Write(bytes.AsSpan(Length), count);
            last = bucket;
        }

        /// <summary>Begins anew.</summary>
        public void Clear() => (Length, last) = (0, 0);
    }
}
