using System.Diagnostics;

namespace Failover;

/// <summary>Two machines that share an address by VRRP: the first has the higher priority.</summary>
internal sealed class KeepalivedPair : IAsyncDisposable
{
    private const string Address = "192.0.2.25";

    public KeepalivedNode First { get; } = new();

    public KeepalivedNode Second { get; } = new();

    private string Holder =>
        (First.Has(Address), Second.Has(Address)) switch
        {
            (true, false) => "first",
            (false, true) => "second",
            (true, true) => "both",
            (false, false) => "none",
        };

    /// <summary>Starts the first, and when that has the address, the second.</summary>
    /// <param name="configuration">keepalived's, as the first one has it.</param>
    public async Task StartAsync(string configuration)
    {
        const string Priority = "priority 100";
        configuration.ShouldContain(Priority);
        configuration.ShouldContain($"{Address}/32");
        PrivateNetwork network = await First.MakeNetworkAsync();
        await network.ConnectAsync(await Second.MakeNetworkAsync(), "192.0.2.1/24", "192.0.2.2/24");

        await First.StartAsync(configuration);
        await Eventually.IsAsync(() => First.Has(Address), $"{Address} on the first");
        await Second.StartAsync(configuration.Replace(Priority, "priority 90", StringComparison.Ordinal));
        await Second.Keepalived.LineAsync("Entering BACKUP STATE");
    }

    /// <summary>Waits until one machine, and no other, has the address.</summary>
    /// <param name="machine"><c>first</c>, <c>second</c>, or <c>none</c>.</param>
    /// <param name="within">How long that may take.</param>
    public async Task IsOnAsync(string machine, TimeSpan within)
    {
        long asked = Stopwatch.GetTimestamp();
        await Eventually.GetAsync(
            () => Task.FromResult((Holder, Logs: this)),
            got => string.Equals(got.Holder, machine, StringComparison.Ordinal),
            $"the address on {machine}"
        );
        Stopwatch.GetElapsedTime(asked).ShouldBeLessThan(within, ToString());
    }

    /// <summary>Sees that a machine keeps the address for longer than a return takes.</summary>
    public async Task StaysOnAsync(string machine)
    {
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Second(8))
        {
            Holder.ShouldBe(machine, ToString());
            // Real time: for keepalived to ask several times, and to wait for more than three advertisements.
            await Task.Delay(Second(0.05), TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    public override string ToString() => $"first: {First.Keepalived}\nsecond: {Second.Keepalived}";
}
