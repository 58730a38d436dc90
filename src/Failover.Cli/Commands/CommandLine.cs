using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Failover;

/// <summary>The <c>failover</c> command: from words to an exit code.</summary>
internal static class CommandLine
{
    // A name of a component may begin with an @, which would stand for a file of words.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(
        string[] words,
        CommandContext context,
        CancellationToken cancellationToken = default
    )
    {
        context = context with { Output = new ResultWriter(context.Output) };
        Command root = Root(context);
        ParseResult parsed = root.Parse(words, Parser);
        string command = parsed.CommandResult.Command.Name;
        bool isPlugin = IsPlugin(parsed);
        try
        {
            if (UsageFault.Of(parsed) is { } fault)
            {
                throw new CommandException(ExitCode.WrongCommandLine, fault);
            }

            InvocationConfiguration invocation = new()
            {
                Output = context.Output,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                // The daemon ends by itself, in its own time.
                ProcessTerminationTimeout = IsDaemon(command) ? null : StopGrace,
            };
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (CommandException exception)
        {
            await ReportFaultAsync(exception.Message.TrimEnd('\n'), command, context);
            return isPlugin ? ExitCode.ProbeError : exception.ExitCode;
        }
        catch (ResultFault fault)
        {
            await ReportFaultAsync(
                $"failover: the output cannot be written: {Printable.Escape(fault.Message)}",
                command,
                context
            );
            return isPlugin ? ExitCode.ProbeError : ExitCode.OutputUnwritable;
        }
        catch (OperationCanceledException)
        {
            // What was asked for was not done.
            return isPlugin ? ExitCode.ProbeError : ExitCode.Interrupted;
        }
#pragma warning disable CA1031 // The last place that can say what happened.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await ReportFaultAsync($"failover: unexpected fault, please report it: {exception}", command, context);
            return isPlugin ? ExitCode.ProbeError : ExitCode.UnexpectedFault;
        }
    }

    private static bool IsDaemon(string command) => command is RunCommand.Name or DemoCommand.Name;

    // Nagios reads 3 as UNKNOWN, and any other code that is not its own as well, with a complaint.
    private static bool IsPlugin(ParseResult parsed) =>
        parsed.CommandResult.Command.Name is ProbeCommand.Name or NotifyTestCommand.Name
        || (
            parsed.CommandResult.Command.Name == StatusCommand.Name
            && parsed.Tokens.Any(token => token is { Type: TokenType.Option, Value: StatusCommand.ExitCodeOption })
        );

    // Whoever reads what a command prints may take his time. A daemon ends in any case.
    private static async Task ReportFaultAsync(string fault, string command, CommandContext context)
    {
        if (IsDaemon(command))
        {
            StandardStreams.WriteLast(context.Error, fault);
        }
        else
        {
            try
            {
                await context.Error.WriteLineAsync(fault);
            }
            catch (IOException)
            {
                // There is no output left for a message; the exit code shows it.
            }
        }
    }

    /// <summary>All commands and options.</summary>
    internal static Command Root(CommandContext context)
    {
        Command root = new DocumentedCommand(
            "failover",
            "Health checks for load balancers: probes targets and answers polls, as configured in a YAML file.",
            "failover demo                    five examples at work, without a configuration",
            "failover check failover.yaml     its errors, or what would be served",
            "failover run failover.yaml       serve it",
            "failover status --watch          how all components are, as they change",
            "failover explain mail            why, and what would change it",
            "failover history mail --since 2h what has happened, and who has reset it",
            "failover pollers mail            who polls it, and what was refused",
            "failover notify test ops         whether a route of notifications reaches anybody",
            "failover reset mail              as an authorised user",
            "failover override mail fail --reason \"disk is replaced\" --for 2h"
        )
        {
            RunCommand.Make(context),
            DemoCommand.Make(context),
            CheckCommand.Make(context),
            ProbeCommand.Make(context),
            StatusCommand.Make(context),
            ExplainCommand.Make(context),
            HistoryCommand.Make(context),
            PollersCommand.Make(context),
            NotifyCommand.Make(context),
            WaitCommand.Make(context),
            ResetCommand.Make(context),
            OverrideCommand.Make(context),
            ForgetCommand.Make(context),
            ReleaseCommand.Make(context),
            ReloadCommand.Make(context),
            ConvertCommand.Make(context),
            SchemaCommand.Make(context),
            CompletionCommand.Make(context),
            LicensesCommand.Make(context),
            ManualCommand.Make(context),
            CompletionCommand.MakeCompleter(context),
            VersionCommand.Make(context),
        };
        root.Add(HelpCommand.Make(root));
        root.Add(new HelpOption { Action = new HelpWithExamples() });
        root.Add(
            new Option<bool>("--version") { Description = "Show the version.", Action = new ShowVersion(context) }
        );
        return root;
    }

    private sealed class ShowVersion(CommandContext context) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult) => VersionCommand.Show(context);
    }
}
