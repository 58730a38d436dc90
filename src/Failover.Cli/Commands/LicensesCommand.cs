using System.CommandLine;

namespace Failover;

/// <summary><c>failover licenses</c>: the licence of the program, and the notices of the software that it contains.</summary>
internal static class LicensesCommand
{
    // Resources of the assembly (Failover.Cli.csproj). The last one is there where the .NET runtime is compiled in.
    private static readonly string[] Texts = ["licence", "notices", "runtime-notices"];

    public static Command Make(CommandContext context)
    {
        Command command = new DocumentedCommand(
            "licenses",
            "Print the licence of this program, and those of the software that it contains.",
            "failover licenses | less"
        );
        command.SetAction(_ =>
        {
            foreach (string name in Texts)
            {
                using Stream? text = typeof(LicensesCommand).Assembly.GetManifestResourceStream(name);
                if (text is null)
                {
                    continue;
                }

                using StreamReader reader = new(text);
                context.Output.WriteLine(reader.ReadToEnd());
            }
        });
        return command;
    }
}
