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
        Surroundings surroundings,
        CancellationToken cancellationToken = default
    )
    {
        surroundings = surroundings with { Output = new ResultWriter(surroundings.Output) };
        Command root = Root(surroundings);
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
                Output = surroundings.Output,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,
                // The daemon ends by itself, in its own time.
                ProcessTerminationTimeout = command == RunCommand.Name ? null : StopGrace,
            };
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (CommandException exception)
        {
            await TellAsync(exception.Message.TrimEnd('\n'), command, surroundings);
            return isPlugin ? ExitCode.ProbeError : exception.ExitCode;
        }
        catch (ResultFault fault)
        {
            await TellAsync(
                $"failover: the output cannot be written: {Printable.Escape(fault.Message)}",
                command,
                surroundings
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
            await TellAsync($"failover: unexpected fault, please report it: {exception}", command, surroundings);
            return isPlugin ? ExitCode.ProbeError : ExitCode.UnexpectedFault;
        }
    }

    // Nagios reads 3 as UNKNOWN, and any other code that is not its own as well, with a complaint.
    private static bool IsPlugin(ParseResult parsed) =>
        parsed.CommandResult.Command.Name == ProbeCommand.Name
        || (
            parsed.CommandResult.Command.Name == StatusCommand.Name
            && parsed.Tokens.Any(token => token is { Type: TokenType.Option, Value: StatusCommand.ExitCodeOption })
        );

    // Whoever reads what a command prints may take his time. A daemon ends in any case.
    private static async Task TellAsync(string fault, string command, Surroundings surroundings)
    {
        if (command == RunCommand.Name)
        {
            StandardStreams.WriteLast(surroundings.Error, fault);
        }
        else
        {
            try
            {
                await surroundings.Error.WriteLineAsync(fault);
            }
            catch (IOException)
            {
                // There is nowhere left to tell it; the exit code does.
            }
        }
    }

    /// <summary>All commands and options.</summary>
    internal static Command Root(Surroundings surroundings)
    {
        Command root = new DocumentedCommand(
            "failover",
            "Health checks for load balancers: looks, judges and answers, as a YAML file says.",
            "failover check failover.yaml     what is wrong with it, or what would be served",
            "failover run failover.yaml       serve it",
            "failover status --watch          how all components are, as they change",
            "failover explain mail            why, and what would change it",
            "failover history mail --since 2h what has happened, and who has reset it",
            "failover reset mail              as somebody who may"
        )
        {
            RunCommand.Make(surroundings),
            CheckCommand.Make(surroundings),
            ProbeCommand.Make(surroundings),
            StatusCommand.Make(surroundings),
            ExplainCommand.Make(surroundings),
            HistoryCommand.Make(surroundings),
            ResetCommand.Make(surroundings),
            ReloadCommand.Make(surroundings),
            SchemaCommand.Make(surroundings),
            CompletionCommand.Make(surroundings),
            CompletionCommand.MakeCompleter(surroundings),
            VersionCommand.Make(surroundings),
        };
        root.Add(HelpCommand.Make(root));
        root.Add(new HelpOption { Action = new HelpWithExamples() });
        root.Add(
            new Option<bool>("--version") { Description = "Show the version.", Action = new ShowVersion(surroundings) }
        );
        return root;
    }

    private sealed class ShowVersion(Surroundings surroundings) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult) => VersionCommand.Show(surroundings);
    }
}
