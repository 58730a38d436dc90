using System.CommandLine;

namespace Failover;

/// <summary><c>failover schema</c>: what editors complete the file from.</summary>
internal static class SchemaCommand
{
    public static Command Make(Surroundings surroundings)
    {
        Command command = new DocumentedCommand(
            "schema",
            "Print the JSON Schema of the file, for editors.",
            "failover schema > failover.schema.json",
            "# and as the file's first line:  # yaml-language-server: $schema=failover.schema.json"
        );
        command.SetAction(_ => surroundings.Output.Write(ConfigurationSchema.Text));
        return command;
    }
}
