using System.Globalization;

namespace Failover;

/// <summary>A group of components of which only so many may begin to fail at once: more is taken for a fault of what they have in common, or
/// of this machine, until people have had time to look.</summary>
/// <remarks>
/// <para>While more components of the group fail than are allowed, the guard is <em>tripped</em>: a component that was served as ok stays ok
/// for at most <see cref="MaxDelay"/> from then on, and toggles that only components of the group use do not latch. What is served as fail
/// and what is latched already stays so. Then, or when the guard is released by a person, or when so many fail no longer, each
/// component is served as it is judged.</para>
/// <para>Envoy calls the threshold the panic threshold.</para>
/// </remarks>
public sealed record Guard
{
    /// <summary>Describes a guard.</summary>
    /// <param name="name">Its name: letters, digits, - and _.</param>
    /// <param name="maxFailing">How many components may fail, from 1 to 1000; more trip the guard.</param>
    /// <param name="maxFailingPercent">How many of a hundred may fail, over 0, up to 100; more trip the guard. One of the two is needed;
    /// with both, the guard trips where either is exceeded.</param>
    /// <param name="maxDelay">For how long at most moves to fail are delayed, from 1 ms to 30 days, counted from when the guard trips;
    /// 10 minutes where it is left out.</param>
    /// <param name="auth">Who may end the delay, by a POST to <c>/-/guards/NAME</c>, or by the management API where there is one; nobody where it is left out.</param>
    /// <exception cref="ArgumentException">A bad name, a number out of range, or no threshold.</exception>
    public Guard(
        string name,
        int? maxFailing = null,
        double? maxFailingPercent = null,
        TimeSpan? maxDelay = null,
        Authentication? auth = null
    )
    {
        Auth = auth;
        Name = NameOption.Check(name);
        MaxFailing = maxFailing is { } count ? MaxFailingOption.Check(count) : null;
        MaxFailingPercent = maxFailingPercent is { } percent ? MaxFailingPercentOption.Check(percent) : null;
        MaxDelay = MaxDelayOption.Check(maxDelay);
        if (maxFailing is null && maxFailingPercent is null)
        {
            throw new ArgumentException(
                $"the guard {Printable.Quoted(name)} has no threshold; accepted: {MaxFailingOption.Name}, {MaxFailingPercentOption.Name} or both",
                nameof(maxFailing)
            );
        }
    }

    internal static ChildNameOption NameOption { get; } = new();

    internal static CountOption MaxFailingOption { get; } =
        new(
            "maxFailing",
            "how many components of the group may fail; more trip the guard",
            "no such limit; one of the two is required"
        );

    internal static PercentOption MaxFailingPercentOption { get; } =
        new(
            "maxFailingPercent",
            "how many of a hundred components of the group may fail; more trip the guard",
            "no such limit; one of the two is required"
        );

    /// <summary>The default is the time that people need to be called and to look.</summary>
    internal static DurationOption MaxDelayOption { get; } =
        new(
            "maxDelay",
            "for how long at most moves to fail are delayed, from when the guard trips",
            TimeSpan.FromMinutes(10)
        );

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How many components may fail; null where only <see cref="MaxFailingPercent"/> is given.</summary>
    public int? MaxFailing { get; }

    /// <summary>How many of a hundred components may fail; null where only <see cref="MaxFailing"/> is given.</summary>
    public double? MaxFailingPercent { get; }

    /// <summary>For how long at most moves to fail are delayed.</summary>
    public TimeSpan MaxDelay { get; }

    /// <summary>Who may end the delay by a POST; null: nobody.</summary>
    public Authentication? Auth { get; }

    /// <summary>How many components of so many may fail.</summary>
    internal int MostFailing(int members)
    {
        int byPercent = MaxFailingPercent is { } percent ? (int)Math.Floor((decimal)percent * members / 100) : members;
        return Math.Min(MaxFailing ?? members, byPercent);
    }

    /// <summary>As a file says it, in one line.</summary>
    internal string Text =>
        $"{Name} (at most {string.Join(" and ", Thresholds())} failing, delay {Units.Text(MaxDelay)})";

    private IEnumerable<string> Thresholds()
    {
        if (MaxFailing is { } count)
        {
            yield return count.ToString(CultureInfo.InvariantCulture);
        }

        if (MaxFailingPercent is { } percent)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{percent}%");
        }
    }
}
