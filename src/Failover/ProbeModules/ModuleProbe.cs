using System.Diagnostics.CodeAnalysis;

namespace Failover;

/// <summary>One probe of a target that was asked for. It is no evidence for any component.</summary>
internal sealed class ModuleProbe
{
    private readonly HealthEngine engine;
    private readonly ProbeCheck check;

    private ModuleProbe(HealthEngine engine, ProbeCheck check, ProbeTrail trail) =>
        (this.engine, this.check, Trail) = (engine, check, trail);

    /// <summary>What it has found on its way.</summary>
    public ProbeTrail Trail { get; }

    /// <inheritdoc cref="ProbeTrail.Refusal"/>
    public string? Refusal => Trail.Refusal;

    /// <summary>The kind of its check.</summary>
    public string Kind => check.OwnKind!.Name;

    /// <summary>Whether its last request went by HTTPS.</summary>
    public bool IsHttps =>
        Trail.IsRedirectedToTls
        ?? (check is HttpCheck http && http.Url.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase));

    /// <summary>What it saw.</summary>
    public Observation? Seen { get; private set; }

    /// <summary>How long it took.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>Describes it; resolves and connects nothing.</summary>
    /// <param name="engine">Where it will run.</param>
    /// <param name="module">How it probes.</param>
    /// <param name="allowed">What it may connect to.</param>
    /// <param name="target">What it probes.</param>
    /// <param name="atMost">How long it may take; null: as long as the module says.</param>
    /// <param name="probe">The probe; null where the target is refused.</param>
    /// <param name="refusal">Why it is.</param>
    /// <exception cref="ArgumentException">The target is none for the module. The message says what is accepted.</exception>
    public static bool TryDescribe(
        HealthEngine engine,
        ProbeModule module,
        AllowedTargets allowed,
        string target,
        TimeSpan? atMost,
        [NotNullWhen(true)] out ModuleProbe? probe,
        [NotNullWhen(false)] out string? refusal
    )
    {
        ProbeTrail trail = new(allowed);
        ITargetedCheck targeted = (ITargetedCheck)module.WithTarget(target, atMost);
        (string host, int? port) = targeted.Target;
        refusal = trail.RefusalOf(host, port);
        probe = refusal is null ? new(engine, targeted.Along(trail), trail) : null;
        return refusal is null;
    }

    /// <summary>Probes, once, as soon as it is among those that may run at a time.</summary>
    /// <returns>Why it did not begin; null where it did.</returns>
    public async ValueTask<string?> RunAsync(CancellationToken stop)
    {
        ProbedOnce probed = await engine.ProbeOnceAsync(check, stop);
        (Seen, Took) = (probed.Seen, probed.Took);
        return probed.HasBegun ? null : probed.Seen.Reason;
    }
}
