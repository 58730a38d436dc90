using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;

namespace Failover;

/// <summary><c>failover check</c>: what is wrong with a file, else what it would serve, and warnings.</summary>
internal static class CheckCommand
{
    public static Command Make(CommandContext context)
    {
        Argument<string?> file = ConfigurationArgument.FileArgument();
        Option<bool> diff = new("--diff") { Description = "Say what a reload of the running daemon would change." };
        Option<bool> strict = new("--strict") { Description = "Exit with 78 for warnings, too." };
        Option<bool> offline = new("--offline")
        {
            Description =
                "Check the file alone, as for another machine: password files, certificate, state file, addresses, programs and rights of checks are not tried.",
        };
        Option<bool> expand = new("--expand")
        {
            Description =
                "Print the tasks and components of a valid file in the nested form, with the defaults filled in: the tree that is served.",
        };
        Option<string?> url = DaemonAddress.UrlOption("With --diff: where the daemon's management API is.");
        Option<string?> authority = DaemonAddress.AuthorityOption();
        ViewerLogin login = new(context);
        Command command = new DocumentedCommand(
            "check",
            "Report every error in a file, and what would keep run from starting as this user; else the components it would serve, and warnings.",
            "failover check failover.yaml",
            "failover check --diff            what a reload would change",
            "failover check --offline         a file for another machine",
            "failover check --expand          the nested form of the file",
            "failover check --strict || exit  in a script"
        )
        {
            file,
            diff,
            strict,
            offline,
            expand,
            url,
            authority,
        };
        foreach (System.CommandLine.Option option in login.Options)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            bool isDiff = result.GetValue(diff);
            (string Name, bool IsGiven, bool IsForDiff)[] others =
            [
                (strict.Name, result.GetValue(strict), false),
                (offline.Name, result.GetValue(offline), false),
                (expand.Name, result.GetValue(expand), false),
                (url.Name, result.GetValue(url) is not null, true),
                (authority.Name, result.GetValue(authority) is not null, true),
                .. login.Options.Select(option => (option.Name, result.GetResult(option) is not null, true)),
            ];
            foreach ((string name, bool isGiven, bool isForDiff) in others)
            {
                if (isGiven && isDiff != isForDiff)
                {
                    result.AddError(
                        isDiff ? $"{diff.Name} and {name} do not go together" : $"{name} needs {diff.Name}"
                    );
                }
            }

            if (result.GetValue(expand) && result.GetValue(strict))
            {
                result.AddError($"{expand.Name} and {strict.Name} do not go together");
            }
        });
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                FailoverConfiguration configuration = ConfigurationArgument
                    .Read(parsed.GetValue(file), context)
                    .Configuration!;
                if (parsed.GetValue(expand))
                {
                    await context.Output.WriteAsync(NestedForm.Of(configuration));
                    return ExitCode.Ok;
                }

                if (!parsed.GetValue(diff))
                {
                    IReadOnlyList<StartFault> held = await RehearseAsync(
                        configuration,
                        parsed.GetValue(offline),
                        context,
                        cancellationToken
                    );
                    return Show(configuration, held, parsed.GetValue(strict), context);
                }

                DaemonAddress address = DaemonAddress.OfManagement(parsed.GetValue(url), configuration, context);
                using ManagementClient client = new(address, parsed.GetValue(authority), login.Of(parsed));
                ConfigurationDocument running = await client.ConfigurationAsync(cancellationToken);
                context.Printer.Print(ConfigurationDiff.Lines(running, configuration));
                return ExitCode.Ok;
            }
        );
        return command;
    }

    /// <returns>What only another process is in the way of, at the moment.</returns>
    private static async Task<IReadOnlyList<StartFault>> RehearseAsync(
        FailoverConfiguration configuration,
        bool isOffline,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        ImmutableArray<ConfigurationError> errors = AccessErrors.Of(configuration);
        IReadOnlyList<StartFault> faults = [];
        if (!isOffline)
        {
            errors = [.. errors, .. PasswordFileErrors.Of(configuration), .. LocalFaultErrors.Of(configuration)];
            faults = await StartRehearsal.RunAsync(configuration, context.Time, cancellationToken);
        }

        StartFault[] severe = [.. faults.Where(fault => fault.Kind != StartFaultKind.HeldElsewhere)];
        if (errors.Length > 0 || severe.Length > 0)
        {
            throw new CommandException(
                errors.Length > 0 ? ExitCode.InvalidConfiguration
                    : severe[0].Kind == StartFaultKind.StateUnusable ? ExitCode.StateUnusable
                    : ExitCode.CannotStart,
                string.Concat([
                    .. errors.Select(error => $"{error}\n"),
                    .. severe.Select(fault => $"failover: {Text(fault, configuration)}\n"),
                ])
            );
        }

        return faults;
    }

    private static string Text(StartFault fault, FailoverConfiguration configuration) =>
        Printable.Escape(configuration.Secrets.Redact(fault.Message));

    private static int Show(
        FailoverConfiguration configuration,
        IReadOnlyList<StartFault> held,
        bool isStrict,
        CommandContext context
    )
    {
        Func<string, string> redact = configuration.Secrets.Redact;
        Grid table = new(
            ["PATH", "AT MOST", "TASK"],
            [
                .. configuration.Components.Select(component =>
                    (ImmutableArray<Cell>)
                        [
                            Cell.Escaped($"/{component.Name}", Tone.Strong),
                            LongestWait(component),
                            Cell.Escaped(redact(component.Task.Summary)),
                        ]
                ),
            ]
        );
        IReadOnlyList<Advice> advice = ConfigurationAdvice.Of(configuration, ConfigurationAdvice.ModeOf);
        Printer printer = context.Printer;
        printer.Print([.. table.Lines(), Line.Empty]);
        foreach (Advice one in advice)
        {
            printer.Print(Warning(redact(one.ToString())));
        }

        foreach (string over in MaintenanceOver(configuration, context.Time.GetUtcNow()))
        {
            printer.Print((Line)$"note: {Printable.Escape(redact(over))}");
        }

        foreach (StartFault fault in held)
        {
            printer.Print((Line)$"note: at the moment: {Text(fault, configuration)}");
        }

        string what = $"{Counted(configuration.Components.Length, "component")}, {Counted(advice.Count, "warning")}";
        printer.Print((Line)$"{Printable.Escape(configuration.File)} is valid: {what}");
        return isStrict && advice.Count > 0 ? ExitCode.InvalidConfiguration : ExitCode.Ok;
    }

    private static IEnumerable<string> MaintenanceOver(FailoverConfiguration configuration, DateTimeOffset now) =>
        configuration
            .Maintenance.Select(one => (one.Name, Times: new MaintenanceTimes(one)))
            .Where(one => one.Times.IsOver(now))
            .Select(one => $"maintenance {one.Name} is over since {TimeText.Text(one.Times.EndOfOnlyOne ?? now)}");

    private static IEnumerable<Line> Warning(string text) =>
        text.Split('\n').Select((line, index) => new Line(Cell.Escaped(line, index == 0 ? Tone.Error : Tone.Plain)));

    // A background check is answered from memory.
    private static string LongestWait(ComponentDescription component) =>
        !component.Task.HasOnDemandCheck ? "at once"
        : component.ResponseDeadline is { } deadline && deadline < component.Task.LongestTime ? Units.Text(deadline)
        : Units.Text(component.Task.LongestTime);

    private static string Counted(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
