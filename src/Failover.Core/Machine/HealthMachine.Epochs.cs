using System.Text;

namespace Failover;

// Which state of a component a person has decided about.
internal sealed partial class HealthMachine
{
    /// <summary>What a person saw who decides something about a component: another text once its state, its latches or its override are
    /// others. The same before and after a restart.</summary>
    public string EpochOf(string name)
    {
        ServedComponent? component = Find(name);
        Snapshot? published = component?.Published;
        StringBuilder seen = new();
        seen.Append(published?.State)
            .Append('|')
            .Append(published?.Since?.ToUnixTimeMilliseconds())
            .Append('|')
            .Append(overrides.GetValueOrDefault(name)?.Id);
        foreach (
            string id in (component?.Latches ?? LatchesOf(name)).Select(latch => latch.Id).Order(StringComparer.Ordinal)
        )
        {
            seen.Append('|').Append(id);
        }

        byte[] hash = Sha256.HashData(Encoding.UTF8.GetBytes(seen.ToString()));
        return Convert.ToHexStringLower(hash.AsSpan(0, EpochBytes));
    }

    private IEnumerable<Latch> LatchesOf(string name) =>
        latches.Where(latch => latch.Components.Contains(name, StringComparer.Ordinal));

    // Enough that no two of one component are alike.
    private const int EpochBytes = 8;

    private bool IsOutdated(string? epoch, string name) => epoch is not null && epoch != EpochOf(name);
}
