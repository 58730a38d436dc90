using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Failover;

/// <summary>What the commands that show a document of the management API have in common: their options, the connection, and the choice
/// between text and JSON.</summary>
internal sealed class ManagementQuery(CommandContext context)
{
    private readonly Option<string?> url = DaemonAddress.UrlOption("Where the daemon's management API is.");
    private readonly Option<string?> authority = DaemonAddress.AuthorityOption();

    private readonly ViewerLogin login = new(context);

    public Option<bool> Json { get; } = new("--json") { Description = "Print the document of the management API." };

    public Option<string?> File { get; } = ConfigurationArgument.FileOption();

    /// <summary>Adds the options to a command, after its own.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(Json);
        AddConnectionTo(command);
    }

    /// <summary>Adds those that say where the daemon is and who asks.</summary>
    public void AddConnectionTo(Command command)
    {
        command.Options.Add(File);
        command.Options.Add(url);
        command.Options.Add(authority);
        foreach (System.CommandLine.Option option in login.Options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>A client of the daemon that the options name.</summary>
    /// <exception cref="CommandException">They name none.</exception>
    public ManagementClient Connect(ParseResult parsed) =>
        new(
            DaemonAddress.OfManagement(parsed.GetValue(url), parsed.GetValue(File), context),
            parsed.GetValue(authority),
            login.Of(parsed)
        );

    /// <summary>Gets a document and prints it, as it was received or as text.</summary>
    /// <exception cref="CommandException">It was not to be had.</exception>
    public async Task<int> PrintAsync<T>(
        ParseResult parsed,
        string path,
        JsonTypeInfo<T> type,
        Func<T, IEnumerable<Line>> text,
        CancellationToken cancellationToken
    )
        where T : class
    {
        using ManagementClient client = Connect(parsed);
        string received = await client.TextAsync(path, cancellationToken);
        context.Printer.Print(parsed.GetValue(Json) ? [(Line)received] : text(client.Read(received, type)));
        return ExitCode.Ok;
    }

    /// <summary>Prints a document that is made of several, as JSON or as text.</summary>
    /// <exception cref="CommandException">It was not to be had.</exception>
    public async Task<int> PrintAsync<T>(
        ParseResult parsed,
        Func<ManagementClient, Task<T>> read,
        JsonTypeInfo<T> type,
        Func<T, IEnumerable<Line>> text
    )
    {
        using ManagementClient client = Connect(parsed);
        T document = await read(client);
        context.Printer.Print(
            parsed.GetValue(Json) ? [(Line)JsonSerializer.Serialize(document, type)] : text(document)
        );
        return ExitCode.Ok;
    }
}
