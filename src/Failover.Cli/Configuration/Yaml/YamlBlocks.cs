namespace Failover;

/// <summary>The lines of one component.</summary>
/// <param name="Name">Its name, which is the key of the entry.</param>
/// <param name="Start">Where the first one begins in the text of the file.</param>
/// <param name="End">Where the last one ends.</param>
/// <param name="Hash">A hash of them.</param>
/// <param name="Values">How many values they hold.</param>
/// <param name="Known">Which known component has the same; null where they have been read.</param>
/// <param name="IsOfItsOwn">Whether no anchor, alias or merge is in it.</param>
internal readonly record struct YamlBlock(
    string Name,
    int Start,
    int End,
    UInt128 Hash,
    int Values,
    int? Known,
    bool IsOfItsOwn
);

/// <summary>The components of one file by their lines, where it is read by lines; else there are none.</summary>
/// <param name="known">Those of which the lines are not read again.</param>
internal sealed class YamlBlocks(KnownComponents known)
{
    private readonly List<YamlBlock> all = new(known.Count);

    /// <summary>In their order, one for each entry of <c>components</c>.</summary>
    public IReadOnlyList<YamlBlock> All => all;

    public KnownComponents Known => known;

    /// <summary>The known component with such lines; null where there is none.</summary>
    public int? Find(UInt128 hash) => known.IsEmpty ? null : known.Find(hash);

    public void Add(YamlBlock block) => all.Add(block);

    /// <summary>The file is read otherwise.</summary>
    public void Clear() => all.Clear();
}

/// <summary>Stands for the value of a component whose lines have not been read again.</summary>
internal sealed class YamlKnown : YamlNode
{
    private YamlKnown()
        : base(default) { }

    public static YamlKnown Instance { get; } = new();

    // Asked for where there are aliases of it, which there are not.
    public override int Size => 0;

    public override int Height => 1;

    public override string Shape => "a mapping";
}
