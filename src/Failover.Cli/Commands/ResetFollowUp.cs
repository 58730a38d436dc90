namespace Failover;

/// <summary>What a component serves after a reset, and what is to be expected of it.</summary>
/// <param name="component">Its name.</param>
/// <param name="isReset">False where there was nothing to reset.</param>
/// <param name="connection">Leads to where it is served.</param>
/// <param name="client">Reads the management API, which knows more; null where it is not known where that is.</param>
/// <param name="context">The environment of the command.</param>
internal sealed class ResetFollowUp(
    string component,
    bool isReset,
    DaemonConnection connection,
    ManagementClient? client,
    CommandContext context
)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string name = $"/{Printable.Escape(component)}";

    /// <summary>Reports it.</summary>
    /// <param name="isWaiting">Whether to wait until it serves ok, or is latched again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>0 where it serves ok, 2 where it does not.</returns>
    public async Task<int> ReportAsync(bool isWaiting, CancellationToken cancellationToken)
    {
        string done = isReset ? "reset accepted" : "nothing to reset";
        string served;
        ComponentStatus? status;
        try
        {
            (served, status) = await GetServedAsync(isWaiting, cancellationToken);
        }
        catch (CommandException)
        {
            await context.Output.WriteLineAsync($"{name}: {done}");
            throw;
        }

        await context.Output.WriteLineAsync($"{name}: {done}; {Outlook(served, status)}");
        if (isWaiting && IsWorthWaiting(served, status))
        {
            await context.Output.WriteLineAsync($"{name}: waiting until it serves OK");
            do
            {
                await Task.Delay(Interval, context.Time, cancellationToken);
                (served, status) = await GetServedAsync(needsStatus: true, cancellationToken);
            } while (IsWorthWaiting(served, status));

            await context.Output.WriteLineAsync($"{name}: {Outlook(served, status)}");
        }

        return served == Answer.Ok.Text ? ExitCode.Ok : ExitCode.StillFailing;
    }

    private static bool IsWorthWaiting(string served, ComponentStatus? status) =>
        served != Answer.Ok.Text && status is not { CanReset: true };

    private static string Outlook(string served, ComponentStatus? status)
    {
        string serves = $"it serves {Printable.Escape(served)}";
        string why = status is { Reason.Length: > 0 } ? $": {Printable.Escape(status.Reason)}" : "";
        return (served == Answer.Ok.Text, status) switch
        {
            (true, { FreshState: HealthState.Ok }) => $"{serves}, and its check is ok",
            (true, { FreshState: HealthState.Fail or HealthState.Error }) =>
                $"{serves}, but its check is not ok now: it will fail again unless that ends",
            (true, _) => serves,
            (false, { CanReset: true }) => $"{serves} and has to be reset again{why}",
            (false, { IsLatched: true }) => $"{serves} and is latched{why}",
            (false, { FreshState: HealthState.Ok }) =>
                $"{serves} until its thresholds are reached; its check is ok{why}",
            (false, _) => $"{serves}{why}",
        };
    }

    // Only the status says whether it is latched again: without it, the wait might never end.
    private async Task<(string Served, ComponentStatus? Status)> GetServedAsync(
        bool needsStatus,
        CancellationToken cancellationToken
    )
    {
        DaemonAnswer answer = await connection.SendAsync(
            HttpMethod.Get,
            ManagementClient.Escaped(component),
            authorization: null,
            cancellationToken
        );
        if (answer.Status is not (200 or 500 or 503))
        {
            throw connection.Unreachable(
                FormattableString.Invariant($"it answers {answer.Status} where {name} should be")
            );
        }

        ComponentStatus? status = needsStatus
            ? await ReadStatusAsync(cancellationToken)
            : await TryReadStatusAsync(cancellationToken);
        return (answer.Text, status);
    }

    // The reset has succeeded: that more is not to be learnt is no fault.
    private async Task<ComponentStatus?> TryReadStatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            return client is null ? null : await ReadStatusAsync(cancellationToken);
        }
        catch (CommandException)
        {
            return null;
        }
    }

    private async Task<ComponentStatus> ReadStatusAsync(CancellationToken cancellationToken)
    {
        string text = await client!.TextAsync(ManagementClient.StatusPath, cancellationToken);
        return client
                .Read(text, ManagementJson.Default.StatusDocument)
                .Components.FirstOrDefault(one => one.Name == component)
            ?? throw new CommandException(
                ExitCode.WrongCommandLine,
                $"failover: the management API knows no component {name}"
            );
    }
}
