using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Failover;

/// <summary>Any callable as a check: a delegate that returns a bool or an <see cref="Observation"/>, or an
/// <see cref="IHealthCheck"/>.</summary>
/// <remarks>
/// True is ok, false is fail, and what throws is an error. The call begins on a thread of its own, since it is unknown whether
/// it blocks: a block harms only itself. One that stops when its cancellation token asks it to, at the deadline, is a fail
/// (<c>timed out</c>). One that ignores the cancellation is never started a second time beside itself; it reads as an error
/// once it is overdue.
/// </remarks>
public sealed partial record DelegateCheck : ProbeCheck
{
    private readonly Func<CancellationToken, Task<Observation>> check;

    /// <summary>Calls a function that says whether all is well. It may block.</summary>
    /// <param name="check">What is called: true is ok, false is fail.</param>
    /// <param name="timeout">When the call is asked to stop, from 1 ms to 30 days; a call that stops then is a fail. Left out, after
    /// 10 s.</param>
    /// <param name="name">What logs call it; left out, <c>delegate</c>.</param>
    /// <exception cref="ArgumentException">No delegate, or a timeout out of range.</exception>
    public DelegateCheck(Func<bool> check, TimeSpan? timeout = null, string? name = null)
        : this(check is null ? null! : _ => Task.FromResult(FromBool(check())), timeout, name) { }

    /// <summary>Calls a function that says what it saw. It may block.</summary>
    /// <inheritdoc cref="DelegateCheck(Func{bool}, TimeSpan?, string?)"/>
    public DelegateCheck(Func<Observation> check, TimeSpan? timeout = null, string? name = null)
        : this(check is null ? null! : _ => Task.FromResult(check()), timeout, name) { }

    /// <summary>Calls an asynchronous function that says whether all is well.</summary>
    /// <inheritdoc cref="DelegateCheck(Func{bool}, TimeSpan?, string?)"/>
    public DelegateCheck(Func<CancellationToken, Task<bool>> check, TimeSpan? timeout = null, string? name = null)
        : this(check is null ? null! : async stop => FromBool(await check(stop)), timeout, name) { }

    /// <summary>Calls an asynchronous function that says what it saw.</summary>
    /// <inheritdoc cref="DelegateCheck(Func{bool}, TimeSpan?, string?)"/>
    public DelegateCheck(
        Func<CancellationToken, Task<Observation>> check,
        TimeSpan? timeout = null,
        string? name = null
    )
    {
        this.check = CheckOption.Check(check);
        Timeout = TimeoutOption.Check(timeout);
        Name = name ?? "delegate";
    }

    /// <summary>Calls a health check of ASP.NET Core's: healthy is ok, degraded is ok with a warning, unhealthy is fail.</summary>
    /// <inheritdoc cref="DelegateCheck(Func{bool}, TimeSpan?, string?)"/>
    public DelegateCheck(IHealthCheck check, TimeSpan? timeout = null, string? name = null)
        : this(
            check is null ? null! : Adapt(check, name ?? check.GetType().Name),
            timeout,
            name ?? check?.GetType().Name
        ) { }

    private static readonly CallableOption CheckOption = new("check", "what is called: true is ok, false is fail");
    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "when the call is cancelled",
        Units.Second(10)
    );
    private static readonly TextOption NameOption = new("name", "what logs call it", "delegate");

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new("delegate", "calls a function of the application's", [CheckOption, TimeoutOption, NameOption]);

    /// <summary>When the call is asked to stop.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>What logs call it.</summary>
    public string Name { get; }

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [check, Timeout, Name];

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Timeout;

    /// <inheritdoc/>
    public override string Summary => Name;

    /// <inheritdoc/>
    public override async ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(Timeout, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
            deadline.Token,
            cancellationToken
        );
        try
        {
            return await check(stop.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Observation.TimedOut($"timed out after {Units.Text(Timeout)}");
        }
    }

    private static Observation FromBool(bool isOk) => isOk ? Observation.Ok() : Observation.Fail("returned false");

    private static Func<CancellationToken, Task<Observation>> Adapt(IHealthCheck check, string name) =>
        Adapt(check, new HealthCheckRegistration(name, check, HealthStatus.Unhealthy, tags: null));

    private static Func<CancellationToken, Task<Observation>> Adapt(
        IHealthCheck check,
        HealthCheckRegistration registration
    )
    {
        HealthCheckContext context = new() { Registration = registration };
        return async stop =>
        {
            HealthCheckResult result = await check.CheckHealthAsync(context, stop);
            string reason = result.Description ?? result.Exception?.Message ?? "";
            return result.Status switch
            {
                HealthStatus.Healthy => Observation.Ok(reason),
                HealthStatus.Degraded => Observation.OkWithWarning(reason),
                _ => Observation.Fail(reason),
            };
        };
    }
}
