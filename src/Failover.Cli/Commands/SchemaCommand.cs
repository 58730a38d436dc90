using System.CommandLine;

namespace Failover;

/// <summary><c>failover schema</c>: what editors complete the file from.</summary>
internal static class SchemaCommand
{
    public static Command Make(CommandContext context)
    {
        Command command = new DocumentedCommand(
            "schema",
            "Print the JSON Schema of the file, for editors.",
            "failover schema > failover.schema.json",
            "# and as the file's first line:  # yaml-language-server: $schema=failover.schema.json"
        );
        command.SetAction(_ => context.Output.Write(ConfigurationSchema.Text));
        return command;
    }
}
