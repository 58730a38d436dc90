using System.Runtime.InteropServices;

namespace Failover;

/// <summary>A component of an earlier reading that rests on nothing but the text of its own block and on what all components share.</summary>
/// <param name="Text">A hash of the text of its block: the lines from its name to the next component.</param>
/// <param name="Description">What was made of it, before a guard was put around it.</param>
/// <param name="Values">How many values of YAML it is made of.</param>
/// <param name="Tasks">How many tasks it is made of.</param>
/// <param name="Depth">How deep they are nested.</param>
/// <remarks>There is one for each component as long as the configuration is in force: 32 bytes.</remarks>
internal readonly record struct KnownComponent(
    UInt128 Text,
    ComponentDescription Description,
    ushort Values,
    ushort Tasks,
    byte Depth
)
{
    /// <summary>Null where it is too large for one.</summary>
    public static KnownComponent? Of(UInt128 text, ComponentDescription description, int values, BoundTask task) =>
        values <= ushort.MaxValue && task is { Size: <= ushort.MaxValue, Depth: <= byte.MaxValue }
            ? new(text, description, (ushort)values, (ushort)task.Size, (byte)task.Depth)
            : null;
}

/// <summary>What a reading has made of the blocks of components. The next one takes the description of a block that has the same text,
/// and neither parses it nor makes objects of it: a reload of many components of which one has changed leaves next to nothing to the
/// collector of garbage, which stops all threads.</summary>
/// <param name="shared">A hash of all that is in the files beside such blocks, and may have a say in them.</param>
/// <param name="all">The components.</param>
internal sealed class KnownComponents(UInt128 shared, KnownComponent[] all)
{
    private Dictionary<UInt128, int>? byText;

    public static KnownComponents None { get; } = new(default, []);

    public bool IsEmpty => all.Length == 0;

    public int Count => all.Length;

    public KnownComponent this[int index] => all[index];

    /// <summary>Whether all that is beside the blocks is as it was.</summary>
    public bool HasSameSurroundings(UInt128 hash) => hash == shared;

    /// <summary>The index of a component by the text of its block; null where there is none.</summary>
    public int? Find(UInt128 text)
    {
        if (byText is null)
        {
            byText = new(all.Length);
            for (int i = 0; i < all.Length; i++)
            {
                byText.TryAdd(all[i].Text, i);
            }
        }

        return byText.TryGetValue(text, out int index) ? index : null;
    }

    /// <summary>A reading is over: what only it has needed is let go.</summary>
    public void Rest() => byText = null;

    public static UInt128 HashOf(ReadOnlySpan<char> text)
    {
        Span<byte> digest = stackalloc byte[Sha256.HashSizeInBytes];
        Sha256.HashData(MemoryMarshal.AsBytes(text), digest);
        return MemoryMarshal.Read<UInt128>(digest);
    }
}
