using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Failover;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class DocumentedCommand(string name, string description, params string[] examples)
    : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;
}

/// <summary>The usual help, with examples below it, and below that of the whole program the exit codes.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        new HelpAction().Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        Command command = parseResult.CommandResult.Command;
        if (command is DocumentedCommand { Examples.Count: > 0 } documented)
        {
            output.WriteLine("Examples:");
            foreach (string example in documented.Examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        if (!command.Parents.Any())
        {
            output.WriteLine("Exit codes:");
            foreach ((string code, string meaning) in ExitCode.All)
            {
                output.WriteLine($"  {code, -5}  {meaning}");
            }

            output.WriteLine();
        }

        return ExitCode.Ok;
    }
}
