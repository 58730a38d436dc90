using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>Lets one message of a kind through in a minute and counts the others: what clients cause, clients may cause at any
/// rate.</summary>
/// <remarks>A kind is a category and an event id, both of which are the program's, so that there are few of them.</remarks>
internal sealed class RepeatLimit(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Category, EventId Id), (long At, long Suppressed)> reported = [];

    /// <summary>Whether a message is logged, and a note about suppressed ones before it.</summary>
    public bool Allows(string category, EventId id, out string suppressed)
    {
        suppressed = "";
        lock (gate)
        {
            bool isKnown = reported.TryGetValue((category, id), out (long At, long Suppressed) last);
            if (isKnown && time.GetElapsedTime(last.At) < Pause)
            {
                reported[(category, id)] = last with { Suppressed = last.Suppressed + 1 };
                return false;
            }

            reported[(category, id)] = (time.GetTimestamp(), 0);
            if (last.Suppressed > 0)
            {
                suppressed = string.Create(
                    CultureInfo.InvariantCulture,
                    $" ({last.Suppressed} more of this kind since the last one)"
                );
            }

            return true;
        }
    }
}
