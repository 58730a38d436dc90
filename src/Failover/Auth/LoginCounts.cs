namespace Failover;

/// <summary>Counts log-ins by their outcome. A request that brings no credentials is none.</summary>
internal sealed class LoginCounts
{
    private readonly long[] counts = new long[Enum.GetValues<LoginOutcome>().Length];

    /// <summary>How many there were.</summary>
    public long Of(LoginOutcome outcome) => Interlocked.Read(ref counts[(int)outcome]);

    /// <summary>Counts one, once it is judged.</summary>
    /// <param name="request">The request.</param>
    /// <param name="judging">Judges it.</param>
    public async ValueTask<LoginVerdict> CountAsync(LoginRequest request, ValueTask<LoginVerdict> judging)
    {
        LoginVerdict verdict = await judging;
        // What is open to everybody asks nobody who it is.
        bool isAnonymous = verdict is { Outcome: LoginOutcome.Passed, User: null };
        if (!isAnonymous && (request.Authorization.Count > 0 || verdict.User is not null))
        {
            Interlocked.Increment(ref counts[(int)verdict.Outcome]);
        }

        return verdict;
    }
}
