using System.CommandLine;

namespace Failover;

/// <summary><c>failover status</c>: how the daemon and its components are.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public static Command Make(Surroundings surroundings)
    {
        Option<bool> watch = new("--watch", "-w") { Description = "Show it anew every 2 s, until interrupted." };
        Option<bool> json = new("--json") { Description = "Print the document as it was received." };
        Option<string?> file = GivenConfiguration.FileOption();
        Option<string?> url = DaemonAddress.UrlOption("Where the daemon's management API is.");
        Option<string?> authority = DaemonAddress.AuthorityOption();
        Command command = new DocumentedCommand(
            "status",
            "Show how the running daemon and its components are.",
            "failover status",
            "failover status --watch",
            "failover status --json | jq '.components[] | select(.state != \"ok\")'",
            "failover status --url http://127.0.0.1:8081"
        )
        {
            watch,
            json,
            file,
            url,
            authority,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                DaemonAddress address = DaemonAddress.OfManagement(
                    parsed.GetValue(url),
                    parsed.GetValue(file),
                    surroundings
                );
                using ManagementClient client = new(address, parsed.GetValue(authority));
                bool isJson = parsed.GetValue(json);
                if (parsed.GetValue(watch))
                {
                    await WatchAsync(client, isJson, surroundings, cancellationToken);
                }
                else
                {
                    surroundings.Printer.Print(await LinesAsync(client, isJson, cancellationToken));
                }

                return ExitCode.Fine;
            }
        );
        return command;
    }

    private static async Task WatchAsync(
        ManagementClient client,
        bool isJson,
        Surroundings surroundings,
        CancellationToken cancellationToken
    )
    {
        // A line of JSON may be read by a program, also through a terminal.
        using WatchScreen screen = new(
            surroundings.Output,
            surroundings.Printer,
            surroundings.Height,
            isRedrawn: surroundings.IsTerminal && !isJson
        );
        try
        {
            while (true)
            {
                screen.Show(await LinesOrFaultAsync(client, isJson, cancellationToken));
                await Task.Delay(Interval, surroundings.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever watched has seen enough.
        }
    }

    // A daemon that is restarted is seen to come back.
    private static async Task<IEnumerable<Line>> LinesOrFaultAsync(
        ManagementClient client,
        bool isJson,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await LinesAsync(client, isJson, cancellationToken);
        }
        catch (CommandException fault) when (!isJson)
        {
            return [new Line(new Cell(fault.Message, Tone.Error))];
        }
    }

    private static async Task<IEnumerable<Line>> LinesAsync(
        ManagementClient client,
        bool isJson,
        CancellationToken cancellationToken
    )
    {
        string text = await client.TextAsync(ManagementClient.StatusPath, cancellationToken);
        if (isJson)
        {
            return [text];
        }

        StatusDocument status = client.Read(text, ManagementJson.Default.StatusDocument);
        return [.. StatusText.Lines(status), Line.Empty, .. StatusText.Table(status).Lines()];
    }
}
