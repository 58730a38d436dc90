using System.CommandLine;

namespace Failover;

/// <summary><c>failover wait</c>: waits until a component serves a state.</summary>
internal static class WaitCommand
{
    // Of one request: less than the client waits for an answer.
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(10);

    // An answer may come early, as at a reload.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly string[] States = [.. Enum.GetValues<HealthState>().Select(state => state.Word())];

    public static Command Make(CommandContext context)
    {
        ManagementQuery query = new(context);
        Argument<string> name = ComponentNames.Argument(query.File, context);
        Option<string> state = new("--state")
        {
            HelpName = string.Join('|', States),
            Description = "For which state.",
            DefaultValueFactory = _ => HealthState.Ok.Word(),
        };
        state.Validators.Add(AllowedValues.Only("--state", States));
        state.CompletionSources.Add(States);
        Option<string> timeout = new("--timeout")
        {
            HelpName = "DURATION",
            Description = "For how long, as 5m.",
            DefaultValueFactory = _ => "5m",
        };
        Command command = new DocumentedCommand(
            "wait",
            "Wait until a component serves a state: exit with 0 once it does, with 1 if it has not in time.",
            "failover wait mail",
            "failover wait mail --state fail --timeout 30s"
        )
        {
            name,
            state,
            timeout,
        };
        query.AddConnectionTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using ManagementClient client = query.Connect(parsed);
                string component = ComponentNames.Plain(parsed.GetValue(name)!);
                HealthState wanted = Enum.GetValues<HealthState>().Single(one => one.Word() == parsed.GetValue(state));
                HealthState shown = await WaitAsync(
                    client,
                    component,
                    wanted,
                    Duration(parsed.GetValue(timeout)!),
                    context.Time,
                    cancellationToken
                );
                await context.Output.WriteLineAsync($"{Printable.Escape(component)}: {shown.Word()}");
                return shown == wanted ? ExitCode.Ok : ExitCode.NotInTime;
            }
        );
        return command;
    }

    private static async Task<HealthState> WaitAsync(
        ManagementClient client,
        string component,
        HealthState wanted,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        long began = time.GetTimestamp();
        while (true)
        {
            TimeSpan rest = Rest();
            HealthState shown = await client.WaitAsync(
                component,
                wanted,
                rest < LongestRequest ? rest : LongestRequest,
                cancellationToken
            );
            if (shown == wanted || Rest() == TimeSpan.Zero)
            {
                return shown;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        TimeSpan Rest()
        {
            TimeSpan rest = timeout - time.GetElapsedTime(began);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    private static TimeSpan Duration(string given) =>
        DurationText.Parse(given).Value as TimeSpan?
        ?? throw new CommandException(
            ExitCode.WrongCommandLine,
            $"failover: --timeout is {Printable.Quoted(given)}\n  accepted: a duration, as 5m"
        );
}
