using System.Buffers.Binary;

namespace Failover;

/// <summary>SQLite's write-ahead log, read without SQLite: https://sqlite.org/fileformat2.html#the_write_ahead_log.</summary>
/// <remarks>SQLite goes by a log up to the first frame that is not whole, since that is what a crash leaves, and so takes damage in
/// the middle for the end: all that was stored later is silently gone. But each commit is synced before the next one is
/// written. So where a crash is all that happened, at most one commit, the one in flight, ends at or behind a frame that
/// is not whole.</remarks>
internal static class WriteAheadLog
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;

    // The last bit says in which byte order sums are made.
    private const uint Magic = 0x377F0682;

    /// <summary>Checks whether a commit follows a frame that is not whole.</summary>
    /// <exception cref="StateDamage">It does.</exception>
    public static void Check(string path)
    {
        ReadOnlySpan<byte> log = File.Exists(path) ? File.ReadAllBytes(path) : [];
        if (log.Length <= HeaderSize)
        {
            return;
        }

        bool isBig = (Number(log, 0) & 1) == 1;
        (uint, uint) sum = Sum((0, 0), log[..24], isBig);
        if ((Number(log, 0) & ~1u) != Magic || sum != (Number(log, 24), Number(log, 28)))
        {
            // The header is synced before the first frame is written.
            if (log[HeaderSize..].ContainsAnyExcept((byte)0))
            {
                throw new StateDamage("the header of its log is damaged");
            }

            return;
        }

        ReadOnlySpan<byte> salt = log[16..24];
        int size = FrameHeaderSize + (int)Number(log, 8);
        bool isWhole = true;
        int commits = 0;
        for (ReadOnlySpan<byte> rest = log[HeaderSize..]; rest.Length >= size; rest = rest[size..])
        {
            // Frames of an earlier round of the log have another salt.
            bool isOfThisRound = rest[8..16].SequenceEqual(salt);
            if (isWhole)
            {
                sum = Sum(Sum(sum, rest[..8], isBig), rest[FrameHeaderSize..size], isBig);
                isWhole = isOfThisRound && sum == (Number(rest, 16), Number(rest, 20));
            }

            bool isCommit = isOfThisRound && Number(rest, 4) != 0;
            if (!isWhole && isCommit && ++commits > 1)
            {
                throw new StateDamage("its log is damaged");
            }
        }
    }

    private static (uint First, uint Second) Sum((uint First, uint Second) sum, ReadOnlySpan<byte> words, bool isBig)
    {
        for (; words.Length >= 8; words = words[8..])
        {
            sum.First += Word(words, isBig) + sum.Second;
            sum.Second += Word(words[4..], isBig) + sum.First;
        }

        return sum;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, bool isBig) =>
        isBig ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static uint Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
}
