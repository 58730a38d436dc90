using System.Text;
using System.Text.Unicode;

namespace Failover;

/// <summary>The newest probes of one check, packed: some ten bytes a probe where reasons are like the one before, and no object for the
/// collector of garbage to follow.</summary>
/// <param name="node">The check.</param>
internal sealed class ProbeRing(Node node)
{
    /// <summary>What one takes of the memory, without its blocks.</summary>
    public const int Bytes = 72;

    // Longer reasons are cut: the newest one is shown whole elsewhere.
    private const int LongestReason = 200;

    private const int StateBits = 3;
    private const byte CutBit = 4;

    // State, time, duration and two lengths.
    private const int LongestHead = 1 + VariableLength.Longest + VariableLength.Longest + 2 + 2;

    private ProbeBlock? oldest;
    private ProbeBlock? newest;
    private string lastReason = "";
    private int lastLength;
    private long lastTime;

    /// <summary>The check.</summary>
    public Node Node => node;

    /// <summary>Its place in the log.</summary>
    public int Index { get; set; }

    /// <summary>How many probes it holds.</summary>
    public int Count { get; private set; }

    /// <summary>How many blocks it holds.</summary>
    public int BlockCount { get; private set; }

    /// <summary>How many probes would be left without the oldest block.</summary>
    public int CountWithoutOldest => Count - (oldest?.Count ?? 0);

    /// <summary>Takes a probe, if the newest block has room for it.</summary>
    public bool TryAdd(DateTimeOffset at, TimeSpan duration, HealthState state, string reason)
    {
        if (newest is not { } block)
        {
            return false;
        }

        bool isFirst = block.Count == 0;
        int prefix = isFirst ? 0 : SharedWithLast(reason);
        ReadOnlySpan<char> rest = reason.AsSpan(prefix, Math.Max(0, Math.Min(reason.Length, LongestReason) - prefix));
        Span<byte> room = block.Room;
        int longest = LongestHead + Encoding.UTF8.GetByteCount(rest);
        // What is first in its block always fits, cut if need be.
        if (!isFirst && longest > room.Length)
        {
            return false;
        }

        long time = at.ToUnixTimeMilliseconds();
        Span<byte> text = stackalloc byte[ProbeBlock.Size - LongestHead];
        Utf8.FromUtf16(rest, text, out int read, out int length);
        bool isCut = prefix + read < reason.Length;
        byte flags = (byte)((int)state | (isCut ? CutBit : 0));
        long micros = Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        block.Take(Packed.Write(room, flags, isFirst ? time : time - lastTime, micros, prefix, text[..length]));
        Count++;
        (lastReason, lastLength, lastTime) = (reason, prefix + read, time);
        return true;
    }

    /// <summary>Takes a block, empty, for the probes to come.</summary>
    public void Add(ProbeBlock block)
    {
        block.Clear();
        if (newest is null)
        {
            oldest = block;
        }
        else
        {
            newest.Next = block;
        }

        newest = block;
        BlockCount++;
    }

    /// <summary>Gives its oldest block away, with the probes in it. It has one.</summary>
    public ProbeBlock RemoveOldest()
    {
        ProbeBlock block = oldest!;
        oldest = block.Next;
        newest = oldest is null ? null : newest;
        Count -= block.Count;
        BlockCount--;
        return block;
    }

    /// <summary>Forgets half of the only block: of very many checks, each has no more than that.</summary>
    public void HalveOnly()
    {
        ProbeBlock block = newest!;
        ReadOnlySpan<byte> left = block.Written;
        Span<char> reason = stackalloc char[LongestReason];
        int length = 0;
        long time = 0;
        Packed packed = default;
        int dropped = block.Count / 2;
        for (int i = 0; i <= dropped; i++)
        {
            packed = Packed.Read(left);
            left = left[packed.Length..];
            length = packed.Prefix + Encoding.UTF8.GetChars(packed.Rest, reason[packed.Prefix..]);
            time += packed.Time;
        }

        // The first one is not told by the one before.
        Span<byte> text = stackalloc byte[ProbeBlock.Size];
        Span<byte> written = stackalloc byte[ProbeBlock.Size + LongestHead];
        Utf8.FromUtf16(reason[..length], text, out _, out int textLength);
        int used = Packed.Write(written, packed.Flags, time, packed.Micros, prefix: 0, text[..textLength]);
        if (used + left.Length > ProbeBlock.Size)
        {
            Count -= block.Count;
            block.Clear();
            return;
        }

        left.CopyTo(written[used..]);
        Count -= dropped;
        block.Replace(written[..(used + left.Length)], block.Count - dropped);
    }

    /// <summary>Reads all, the oldest first.</summary>
    public IEnumerable<RecordedProbe> Read()
    {
        for (ProbeBlock? block = oldest; block is not null; block = block.Next)
        {
            int at = 0;
            RecordedProbe last = new(node, default, default, default, "");
            string stored = "";
            for (int i = 0; i < block.Count; i++)
            {
                (last, stored) = Read(block, ref at, last, stored, isFirst: i == 0);
                yield return last;
            }
        }
    }

    private static (RecordedProbe, string) Read(
        ProbeBlock block,
        ref int at,
        RecordedProbe last,
        string lastStored,
        bool isFirst
    )
    {
        Packed packed = Packed.Read(block.Written[at..]);
        at += packed.Length;
        string stored = string.Concat(lastStored.AsSpan(0, packed.Prefix), Encoding.UTF8.GetString(packed.Rest));
        long milliseconds = packed.Time + (isFirst ? 0 : last.At.ToUnixTimeMilliseconds());
        RecordedProbe probe = new(
            last.Node,
            DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
            TimeSpan.FromTicks(packed.Micros * TimeSpan.TicksPerMicrosecond),
            (HealthState)(packed.Flags & StateBits),
            (packed.Flags & CutBit) == 0 ? stored : $"{stored}…"
        );
        return (probe, stored);
    }

    // Never splits a surrogate pair.
    private int SharedWithLast(string reason)
    {
        int shared = ReferenceEquals(reason, lastReason)
            ? lastLength
            : Math.Min(reason.AsSpan().CommonPrefixLength(lastReason), lastLength);
        return shared > 0 && char.IsHighSurrogate(reason[shared - 1]) ? shared - 1 : shared;
    }

    /// <summary>One probe in a block.</summary>
    private readonly ref struct Packed
    {
        public byte Flags { get; private init; }

        /// <summary>In milliseconds; of the first one since 1970, of the others since the one before.</summary>
        public long Time { get; private init; }

        public long Micros { get; private init; }

        /// <summary>How many characters of the reason are those of the one before.</summary>
        public int Prefix { get; private init; }

        /// <summary>The rest of the reason.</summary>
        public ReadOnlySpan<byte> Rest { get; private init; }

        /// <summary>How many bytes it takes.</summary>
        public int Length { get; private init; }

        public static int Write(Span<byte> to, byte flags, long time, long micros, int prefix, ReadOnlySpan<byte> rest)
        {
            to[0] = flags;
            int used = 1;
            used += VariableLength.Write(to[used..], VariableLength.Folded(time));
            used += VariableLength.Write(to[used..], (ulong)micros);
            used += VariableLength.Write(to[used..], (ulong)prefix);
            used += VariableLength.Write(to[used..], (ulong)rest.Length);
            rest.CopyTo(to[used..]);
            return used + rest.Length;
        }

        public static Packed Read(ReadOnlySpan<byte> from)
        {
            ReadOnlySpan<byte> left = from[1..];
            _ = VariableLength.TryRead(ref left, out ulong time);
            _ = VariableLength.TryRead(ref left, out ulong micros);
            _ = VariableLength.TryRead(ref left, out ulong prefix);
            _ = VariableLength.TryRead(ref left, out ulong rest);
            return new()
            {
                Flags = from[0],
                Time = VariableLength.Unfolded(time),
                Micros = (long)micros,
                Prefix = (int)prefix,
                Rest = left[..(int)rest],
                Length = from.Length - left.Length + (int)rest,
            };
        }
    }
}
