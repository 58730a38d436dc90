namespace Failover;

/// <summary>Every page of a state file is bent and cut off: what is loaded is right, or there is nothing and that is
/// said.</summary>
public sealed class StateDamageTests : IDisposable
{
    private const int PageSize = 4096;

    // Where the version stands in the header: a later one is refused, and whether it is meant cannot be known.
    private static readonly Range Version = 60..64;

    private readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Bent_bytes_are_seen_or_do_not_matter()
    {
        (byte[] file, StoredState stored) = await FullAsync();
        int seen = 0;
        int tried = 0;
        foreach (int at in Offsets(file.Length))
        {
            byte[] bent = [.. file];
            bent[at] ^= (byte)(at % 2 == 0 ? 0xFF : 1 << (at % 8));
            seen += await IsSeenAsync(bent, stored, $"the byte at {at}") ? 1 : 0;
            tried++;
        }

        seen.ShouldBeGreaterThan(tried / 3);
    }

    [Fact]
    public async Task A_cut_is_seen_or_does_not_matter()
    {
        (byte[] file, StoredState stored) = await FullAsync();
        for (int page = 0; page < file.Length / PageSize; page++)
        {
            int start = page * PageSize;
            foreach (int length in (int[])[start, start + 1, start + 99, start + 512, start + 2000, start + 4095])
            {
                // Nothing at all is a fresh start, and the last page may be cut where nothing stands in it.
                if (length > 0 && !await IsSeenAsync(file[..length], stored, $"a cut at {length}"))
                {
                    length.ShouldBeGreaterThan(file.Length - PageSize);
                }
            }
        }
    }

    [Fact]
    public async Task A_page_of_zeros_or_of_another_page_is_seen_or_does_not_matter()
    {
        (byte[] file, StoredState stored) = await FullAsync();
        for (int page = 0; page < file.Length / PageSize; page++)
        {
            byte[] wiped = [.. file];
            wiped.AsSpan(page * PageSize, PageSize).Clear();
            await IsSeenAsync(wiped, stored, $"page {page} wiped");
            byte[] doubled = [.. file];
            file.AsSpan(PageSize, PageSize).CopyTo(doubled.AsSpan(page * PageSize));
            await IsSeenAsync(doubled, stored, $"page {page} overwritten");
        }
    }

    [Fact]
    public async Task A_log_that_is_bent_before_its_last_commit_is_seen()
    {
        (byte[] file, byte[] log, StoredState stored) = await WithLogAsync();
        int frame = PageSize + 24;
        int frames = (log.Length - 32) / frame;
        frames.ShouldBeGreaterThan(20);
        int[] offsets =
        [
            0,
            8,
            17,
            31,
            .. Enumerable.Range(0, frames - 8).SelectMany(i => (int[])[32 + (i * frame) + 9, 32 + (i * frame) + 2000]),
        ];
        foreach (int at in offsets)
        {
            byte[] bent = [.. log];
            bent[at] ^= 0x10;
            (await IsSeenAsync(file, stored, $"the byte of the log at {at}", bent)).ShouldBeTrue(
                $"byte {at} of the log"
            );
        }

        (await IsSeenAsync(file, stored, "a whole log", log)).ShouldBeFalse();
    }

    /// <summary>A file with several pages of each table, and free ones.</summary>
    private async Task<(byte[] File, StoredState Stored)> FullAsync()
    {
        await using (SqliteStateStore store = folder.Store())
        {
            store.Load();
            await store.PersistAsync(
                new()
                {
                    Nodes =
                    [
                        .. Enumerable.Range(0, 80).Select(i => Stored.Node($"/component-{i}", reason: new('r', i))),
                    ],
                    Latches = [.. Enumerable.Range(0, 60).Select(i => Stored.Latch($"/component-{i}#to_fail"))],
                    Components = [.. Enumerable.Range(0, 60).Select(i => Stored.Component($"component-{i}"))],
                    Transitions = [.. Enumerable.Range(0, 60).Select(i => Stored.Transition($"component-{i}"))],
                    Posts = [.. Enumerable.Range(0, 60).Select(i => Stored.Post($"component-{i}"))],
                }
            );
            // One with a page of its own, and some that leave their pages.
            await store.PersistAsync(
                new()
                {
                    Nodes =
                    [
                        Stored.Node("/long", reason: new('l', 6000)),
                        Stored.Node("/longer", reason: new('l', 9000)),
                    ],
                    ForgottenNodes = [.. Enumerable.Range(10, 30).Select(i => $"/component-{i}")],
                }
            );
            await store.PersistAsync(new() { ForgottenNodes = ["/longer"] });
        }

        StoredState stored = await folder.LoadAsync();
        stored.Nodes.Length.ShouldBe(51);
        return (await File.ReadAllBytesAsync(folder.File, TestContext.Current.CancellationToken), stored);
    }

    /// <summary>A file, and a log of many commits, as a kill leaves them.</summary>
    private async Task<(byte[] File, byte[] Log, StoredState Stored)> WithLogAsync()
    {
        await folder.StoreAsync();
        await using SqliteStateStore store = folder.Store();
        store.Load();
        for (int i = 0; i < 12; i++)
        {
            await store.PersistAsync(new() { Nodes = [Stored.Node($"{i}")], Latches = [Stored.Latch($"{i}")] });
        }

        // Read by another process: a descriptor closed in this one would take the store's lock with it.
        string copy = Path.Combine(folder.Place, "copy");
        using (var cp = System.Diagnostics.Process.Start("cp", [folder.File, copy]))
        {
            await cp.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        byte[] log = await File.ReadAllBytesAsync($"{folder.File}-wal", TestContext.Current.CancellationToken);
        byte[] file = await File.ReadAllBytesAsync(copy, TestContext.Current.CancellationToken);
        StoredNode[] nodes = [.. Enumerable.Range(0, 12).Select(i => Stored.Node($"{i}"))];
        StoredLatch[] latches = [.. Enumerable.Range(0, 12).Select(i => Stored.Latch($"{i}"))];
        return (
            file,
            log,
            new()
            {
                Nodes = [.. nodes.OrderBy(node => node.Key, StringComparer.Ordinal)],
                Latches = [.. latches.OrderBy(latch => latch.Key, StringComparer.Ordinal)],
            }
        );
    }

    /// <summary>Whether a file is taken for damaged. Where it is not, what is loaded has to be right.</summary>
    private static async Task<bool> IsSeenAsync(byte[] file, StoredState stored, string what, byte[]? log = null)
    {
        using StateFolder bent = new();
        await File.WriteAllBytesAsync(bent.File, file, TestContext.Current.CancellationToken);
        if (log is not null)
        {
            await File.WriteAllBytesAsync($"{bent.File}-wal", log, TestContext.Current.CancellationToken);
        }

        StoredState loaded = await bent.LoadAsync();
        if (loaded.Loss is null)
        {
            loaded.IsLike(stored).ShouldBeTrue(what);
            return false;
        }

        loaded.Nodes.ShouldBeEmpty(what);
        loaded.Components.ShouldBeEmpty(what);
        loaded.Latches.ShouldBeEmpty(what);
        string aside = $"{bent.File}.corrupt-20260101T000000Z";
        (await File.ReadAllBytesAsync(aside, TestContext.Current.CancellationToken)).ShouldBe(file, what);
        if (log is not null)
        {
            (await File.ReadAllBytesAsync($"{aside}-wal", TestContext.Current.CancellationToken)).ShouldBe(log, what);
        }

        return true;
    }

    private static IEnumerable<int> Offsets(int length)
    {
        for (int at = 0; at < 100; at++)
        {
            if (at < Version.Start.Value || at >= Version.End.Value)
            {
                yield return at;
            }
        }

        for (int page = 0; page < length; page += PageSize)
        {
            // What stands first in a page says how to read the rest of it.
            foreach (int at in (int[])[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
            {
                yield return page == 0 ? at + 100 : page + at;
            }

            for (int at = 150 + (page / PageSize); at < PageSize; at += 331)
            {
                yield return page + at;
            }
        }
    }
}
