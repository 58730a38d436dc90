using System.CommandLine;

namespace Failover;

/// <summary><c>failover convert</c>: a configuration of other software as a failover.yaml.</summary>
internal static class ConvertCommand
{
    public static Command Make(CommandContext context)
    {
        string[] formats = [.. SourceFormat.All.Select(format => format.Name)];
        Argument<string> file = new("FILE")
        {
            Description =
                $"{string.Join(", ", SourceFormat.All.Select(format => format.FileName))}, whatever it is called.",
        };
        Option<string?> from = new("--from")
        {
            HelpName = "FORMAT",
            Description = $"{string.Join(", ", formats)}; left out, what the file holds says it, else its name.",
        };
        from.Validators.Add(AllowedValues.Only(from.Name, formats));
        from.CompletionSources.Add(formats);
        Option<string[]> target = new("--target")
        {
            HelpName = "TARGET",
            Description =
                "For blackbox, whose targets are in Prometheus: what is probed, by all modules, or as MODULE=TARGET. May be repeated.",
        };
        Option<string?> output = new("--output", "-o")
        {
            HelpName = "FILE",
            Description = "Where to write to; left out, the standard output. A file that is there is not replaced.",
        };
        output.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
            {
                result.AddError($"{output.Name} is \"\"\n  accepted: the path of a file");
            }
        });
        Command command = new DocumentedCommand(
            "convert",
            "Write a failover.yaml with the health checks of another program's file. What has no counterpart stands as a comment "
                + "in its place: \"# not converted, line 12: …\". Exit code 0 if there is none of these, 2 if there are, 78 if the file cannot be read.",
            "failover convert gatus.yaml > failover.yaml",
            "failover convert haproxy.cfg -o failover.yaml && failover check --offline failover.yaml",
            "failover convert blackbox.yml --target http_2xx=https://web.example.net --target icmp=gw.example.net"
        )
        {
            file,
            from,
            target,
            output,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string source = parsed.GetValue(file)!;
                ConvertedMap converted = Convert(source, parsed.GetValue(from), parsed.GetValue(target) ?? []);
                string yaml = ConvertedYaml.Of(converted);
                if (parsed.GetValue(output) is { } path)
                {
                    await WriteAsync(path, yaml, cancellationToken);
                }
                else
                {
                    await context.Output.WriteAsync(yaml);
                }

                int losses = converted.Losses;
                if (losses == 0)
                {
                    return ExitCode.Ok;
                }

                await context.Error.WriteLineAsync(
                    $"failover: {losses} {(losses == 1 ? "part was" : "parts were")} not converted: see the comments in the file"
                );
                return ExitCode.NotAllConverted;
            }
        );
        return command;
    }

    private static ConvertedMap Convert(string source, string? from, string[] targets)
    {
        ConfigurationErrors errors = new();
        string? text = YamlFile.Read(source, new(source), "the file", new FileReader(), errors);
        ConvertedMap? converted = text is null
            ? null
            : Format(source, text, from).Convert(source, text, targets, errors);
        return converted
            ?? throw new CommandException(
                ExitCode.InvalidConfiguration,
                string.Concat(errors.InOrder([source]).Select(error => $"{error}\n"))
            );
    }

    private static SourceFormat Format(string source, string text, string? from) =>
        from is not null
            ? SourceFormat.All.First(format => format.Name == from)
            : SourceFormat.Find(source, text)
                ?? throw new CommandException(
                    ExitCode.WrongCommandLine,
                    $"failover: {Printable.Quoted(source)} is of an unknown format\n"
                        + $"  accepted: --from with {string.Join(", ", SourceFormat.All.Select(format => format.Name))}"
                );

    private static async Task WriteAsync(string path, string yaml, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
            await using StreamWriter writer = new(file);
            await writer.WriteAsync(yaml.AsMemory(), cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.OutputUnwritable,
                $"failover: the output cannot be written: {Printable.Escape(fault.Message)}"
            );
        }
    }
}
