using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;

namespace Failover;

/// <summary><c>failover notify test</c>: sends a test on a route of a file, without a daemon.</summary>
internal static class NotifyTestCommand
{
    public const string Name = "test";

    private const string Subject = "test";

    public static Command Make(CommandContext context)
    {
        Argument<string> route = RouteNames.Argument(file: null, context);
        Argument<string?> file = ConfigurationArgument.FileArgument();
        Command command = new DocumentedCommand(
            Name,
            "Send a test on a route, as the configuration describes it, and print what the receiver answers: an alarm of severity info that says that it is a test, and that it is over. Needs no daemon. Exits with 0 where the receiver takes it, with 2 where it does not, and with 3 for anything else.",
            "failover notify test ops",
            "failover notify test ops /etc/failover/failover.yaml"
        )
        {
            route,
            file,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                FailoverConfiguration configuration = ConfigurationArgument
                    .Read(parsed.GetValue(file), context)
                    .Configuration!;
                return SendAsync(
                    Find(parsed.GetValue(route)!, configuration),
                    configuration,
                    context,
                    cancellationToken
                );
            }
        );
        return command;
    }

    private static NotificationRoute Find(string name, FailoverConfiguration configuration)
    {
        ImmutableArray<NotificationRoute> routes = configuration.Notifications.Routes;
        if (routes.FirstOrDefault(route => route.Name == name) is { } found)
        {
            return found;
        }

        string[] known = [.. routes.Select(route => route.Name)];
        string meant = Spelling.Nearest(name, known) is { } nearest ? $"\n  did you mean \"{nearest}\"?" : "";
        throw new CommandException(
            ExitCode.WrongCommandLine,
            $"failover: {Printable.Escape(configuration.File)} has no route {Printable.Quoted(name)}\n  accepted: {(known.Length > 0 ? string.Join(", ", known) : "none, for it has no notifications")}{meant}"
        );
    }

    private static async Task<int> SendAsync(
        NotificationRoute route,
        FailoverConfiguration configuration,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        NotificationSettings settings = configuration.Notifications with { Redact = configuration.Secrets.Redact };
        context.Printer.Print(
            new Line(
                Cell.Escaped(route.Name, Tone.Strong),
                Cell.Escaped($": {settings.Redact(route.Receiver.Summary)}")
            )
        );
        foreach ((string what, ImmutableArray<Notification> all) in Tests(route, context.Time.GetUtcNow()))
        {
            long started = context.Time.GetTimestamp();
            SendResult result = await NotificationSender.SendAsync(
                route,
                all,
                settings,
                context.Time,
                cancellationToken
            );
            // An attempt that an interruption ended says nothing of the receiver.
            cancellationToken.ThrowIfCancellationRequested();
            string time = string.Create(
                CultureInfo.InvariantCulture,
                $" ({context.Time.GetElapsedTime(started).TotalSeconds:0.000}s)"
            );
            string said = settings.Redact(result.Problem ?? result.Answer);
            context.Printer.Print(
                new Line(
                    $"  {what}: ",
                    result.IsTaken ? new Cell("taken", Tone.Ok) : new Cell("not taken", Tone.Error),
                    Cell.Escaped(said.Length > 0 ? $": {said}" : ""),
                    time
                )
            );
            if (!result.IsTaken)
            {
                return ExitCode.NotTaken;
            }
        }

        return ExitCode.Ok;
    }

    // What opens something at the receiver is closed again, unless the route never tells that anything is over.
    private static IEnumerable<(string What, ImmutableArray<Notification> All)> Tests(
        NotificationRoute route,
        DateTimeOffset now
    )
    {
        if (route.Receiver.IsLifeSign)
        {
            yield return ("sign of life", []);
            yield break;
        }

        string alarm = $"test-{Guid.NewGuid():N}";
        Notification firing = new(
            $"{alarm}.1",
            alarm,
            NotificationStatus.Firing,
            NotificationTopics.None,
            NotificationSeverity.Info,
            Subject,
            $"a test of the route {route.Name}: nothing is wrong",
            now
        );
        yield return (NotificationWords.Of(firing.Status), [firing]);
        if (route.TellsResolved)
        {
            Notification resolved = firing with
            {
                Id = $"{alarm}.2",
                Status = NotificationStatus.Resolved,
                Reason = $"the test of the route {route.Name} is over",
            };
            yield return (NotificationWords.Of(resolved.Status), [resolved]);
        }
    }
}
