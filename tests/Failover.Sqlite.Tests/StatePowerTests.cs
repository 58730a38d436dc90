namespace Failover;

/// <summary>The power goes after each call by which a process changes a file: promise 2 of what is acknowledged.</summary>
public sealed class StatePowerTests : IDisposable
{
    private readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_was_acknowledged_comes_back_or_what_was_in_flight()
    {
        Strace.NeededOrSkip();
        using StateFolder traces = new();
        string trace = Path.Combine(traces.Place, "trace");
        await SeparateProcess.RunAsync(
            StateProcess.WriteAllAsync,
            StateProcess.Shell(folder.File),
            $"strace -f -qq -y -xx -s 1000000 -o {trace} -e trace={TracedDisk.Calls}"
        );
        StoredState[] after = await StateProcess.AfterEachAsync();

        TracedDisk disk = new(folder.Place);
        int acknowledged = 0;
        int variants = 0;
        foreach (string line in await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken))
        {
            bool isChange = disk.Take(line);
            acknowledged = StateProcess.Acknowledged(disk.Output.ToString());
            if (!isChange)
            {
                continue;
            }

            foreach ((string what, Dictionary<string, byte[]> files) in disk.Variants())
            {
                variants++;
                folder.Clear();
                foreach ((string file, byte[] bytes) in files)
                {
                    await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
                }

                StoredState state = await folder.LoadAsync();
                string where = $"{what}, after {acknowledged} writes, at {line[..Math.Min(line.Length, 60)]}";
                state.Loss.ShouldBeNull(where);
                after[acknowledged..].Take(2).Any(known => known.IsLike(state)).ShouldBeTrue(where);
            }
        }

        acknowledged.ShouldBe(StateProcess.Writes);
        variants.ShouldBeGreaterThan(300);
    }
}
