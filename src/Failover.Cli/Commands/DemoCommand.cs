using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary><c>failover demo</c>: the five examples at work, with targets of its own.</summary>
internal static class DemoCommand
{
    public const string Name = "demo";

    private const int UsualPort = 8080;
    private const int UsualManagementPort = 8081;

    public static Command Make(CommandContext context)
    {
        Option<string?> port = PortOption("--port", "where components are served", UsualPort);
        Option<string?> managementPort = PortOption(
            "--management-port",
            "where the page and the management API are",
            UsualManagementPort
        );
        Command command = new DocumentedCommand(
            Name,
            "Show five examples at work, until SIGINT: on targets of its own that fail and recover, with a poller and the page. It needs no configuration, uses the loopback alone, and leaves nothing behind.",
            "failover demo",
            "failover demo --port 9080 --management-port 9081"
        )
        {
            port,
            managementPort,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    Parse(port.Name, parsed.GetValue(port), UsualPort),
                    Parse(managementPort.Name, parsed.GetValue(managementPort), UsualManagementPort),
                    context,
                    cancellationToken
                )
        );
        return command;
    }

    private static Option<string?> PortOption(string name, string where, int usual) =>
        new(name)
        {
            HelpName = "PORT",
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"The port {where}; left out, {usual}. Where it is in use, and with 0, a free one."
            ),
        };

    private static async Task<int> RunAsync(
        int port,
        int managementPort,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        await using DemoPlay play = new(context.DemoRhythm);
        using DemoFolder folder = await MakeFolderAsync(play, port, managementPort, context);
        ConfigurationReading reading = ConfigurationArgument.Read(folder.Configuration, context);
        FileServing serving = new(context)
        {
            IsService = false,
            Beside = (daemon, log, stop) =>
            {
                int served = daemon.Served.First().Port;
                int management = daemon.Management.First().Port;
                log.WriteBanner(
                    LogEvents.Demo,
                    [
                        .. Replaced(port, served),
                        .. Replaced(managementPort, management),
                        .. DemoText.Introduction(served, management, folder.Configuration),
                    ]
                );
                return play.RunAsync(served, log, stop);
            },
        };
        return await serving.RunAsync(reading, cancellationToken);
    }

    private static async Task<DemoFolder> MakeFolderAsync(
        DemoPlay play,
        int port,
        int managementPort,
        CommandContext context
    )
    {
        try
        {
            await play.StartTargetsAsync();
            return new(FreeOr(port), FreeOr(managementPort), play.Ports, context.DemoRhythm.Poll);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SocketException)
        {
            throw new CommandException(
                ExitCode.CannotStart,
                $"failover: the demo cannot start: {Printable.Escape(fault.Message)}"
            );
        }
    }

    private static int Parse(string option, string? given, int usual) =>
        given is null ? usual
        : ushort.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) ? port
        : throw new CommandException(
            ExitCode.WrongCommandLine,
            $"failover: {option} is {Printable.Quoted(given)}\n  accepted: 0 to 65535"
        );

    // What else keeps it from listening there, the daemon says when it starts.
    private static int FreeOr(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return port;
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return 0;
        }
        catch (SocketException)
        {
            return port;
        }
    }

    private static IEnumerable<string> Replaced(int wanted, int served)
    {
        if (wanted != 0 && wanted != served)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"port {wanted} is in use; {served} is served instead"
            );
        }
    }
}
