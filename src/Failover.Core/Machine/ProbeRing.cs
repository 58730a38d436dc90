using System.Runtime.CompilerServices;
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
        room[0] = (byte)((int)state | (isCut ? CutBit : 0));
        int used = 1;
        used += VariableLength.Write(room[used..], VariableLength.Folded(isFirst ? time : time - lastTime));
        used += VariableLength.Write(
            room[used..],
            (ulong)Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond)
        );
        used += VariableLength.Write(room[used..], (ulong)prefix);
        used += VariableLength.Write(room[used..], (ulong)length);
        text[..length].CopyTo(room[used..]);
        block.Take(used + length);
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
        ReadOnlySpan<byte> bytes = block.Written[at..];
        int length = bytes.Length;
        byte flags = bytes[0];
        bytes = bytes[1..];
        _ = VariableLength.TryRead(ref bytes, out ulong time);
        _ = VariableLength.TryRead(ref bytes, out ulong micros);
        _ = VariableLength.TryRead(ref bytes, out ulong prefix);
        _ = VariableLength.TryRead(ref bytes, out ulong rest);
        string stored = string.Concat(
            lastStored.AsSpan(0, (int)prefix),
            Encoding.UTF8.GetString(bytes[..(int)rest])
        );
        at += length - bytes.Length + (int)rest;
        long milliseconds = VariableLength.Unfolded(time) + (isFirst ? 0 : last.At.ToUnixTimeMilliseconds());
        RecordedProbe probe = new(
            last.Node,
            DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
            TimeSpan.FromTicks((long)micros * TimeSpan.TicksPerMicrosecond),
            (HealthState)(flags & StateBits),
            (flags & CutBit) == 0 ? stored : $"{stored}…"
        );
        return (probe, stored);
    }

    // A pair of surrogates is not taken apart.
    private int SharedWithLast(string reason)
    {
        int shared = ReferenceEquals(reason, lastReason)
            ? lastLength
            : Math.Min(reason.AsSpan().CommonPrefixLength(lastReason), lastLength);
        return shared > 0 && char.IsHighSurrogate(reason[shared - 1]) ? shared - 1 : shared;
    }
}

/// <summary>A part of the memory of a <see cref="ProbeRing"/>: 256 bytes with all that belongs to it.</summary>
internal sealed class ProbeBlock
{
    /// <summary>For how many bytes there is room.</summary>
    public const int Size = 228;

    /// <summary>What one takes of the memory.</summary>
    public const int Bytes = 256;

    private Content content;
    private ushort used;

    /// <summary>The one with the probes that came later.</summary>
    public ProbeBlock? Next { get; set; }

    /// <summary>How many probes are in it.</summary>
    public ushort Count { get; private set; }

    /// <summary>The rest of it.</summary>
    public Span<byte> Room => ((Span<byte>)content)[used..];

    /// <summary>What is in it.</summary>
    public ReadOnlySpan<byte> Written => ((Span<byte>)content)[..used];

    /// <summary>A probe has been written into the room.</summary>
    public void Take(int length)
    {
        used += (ushort)length;
        Count++;
    }

    public void Clear() => (used, Count, Next) = (0, 0, null);

    [InlineArray(Size)]
    private struct Content
    {
        private byte first;
    }
}

/// <summary>A probe that has ended.</summary>
/// <param name="Node">The check.</param>
/// <param name="At">When it ended, by the wall clock, to the millisecond.</param>
/// <param name="Duration">How long it took, to the microsecond.</param>
/// <param name="State">What it saw.</param>
/// <param name="Reason">Why; a long one is cut.</param>
internal sealed record RecordedProbe(
    Node Node,
    DateTimeOffset At,
    TimeSpan Duration,
    HealthState State,
    string Reason
);
