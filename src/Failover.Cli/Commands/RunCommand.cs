using System.CommandLine;

namespace Failover;

/// <summary><c>failover run</c>: serves what the file says.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Make(CommandContext context)
    {
        Argument<string?> file = ConfigurationArgument.FileArgument();
        Option<string?> format = new("--log-format")
        {
            HelpName = string.Join('|', LogFormat.Names),
            Description =
                "The format of the log: for people, as JSON, or with priorities for the journal; left out, journald where systemd has connected the output to the journal, else text.",
        };
        format.Validators.Add(AllowedValues.Only("--log-format", LogFormat.Names));
        format.CompletionSources.Add([.. LogFormat.Names]);
        Option<bool> noWatch = new("--no-watch") { Description = "Read a changed file on SIGHUP only, not by itself." };
        Command command = new DocumentedCommand(
            Name,
            "Serve the components of a file until SIGINT or SIGTERM. SIGHUP has it read again.",
            "failover run",
            "failover run /etc/failover/failover.yaml --log-format json"
        )
        {
            file,
            format,
            noWatch,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    ConfigurationArgument.Find(parsed.GetValue(file), context),
                    LogFormat.Of(parsed.GetValue(format), context.IsJournal),
                    !parsed.GetValue(noWatch),
                    context,
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string file,
        LineFormat format,
        bool isWatching,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        // A file that is slow to read does not hold up the end.
        Task<ConfigurationReading> readingFiles = Task.Run(
            () => ConfigurationArgument.Read(file, context),
            CancellationToken.None
        );
        if (await Task.WhenAny(readingFiles, context.Signals.StopRequested) != readingFiles)
        {
            return ExitCode.Ok;
        }

        return await new FileServing(context) { Format = format, IsWatching = isWatching }.RunAsync(
            await readingFiles,
            cancellationToken
        );
    }
}
