using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Failover;

/// <summary>Reads the documents of the management API.</summary>
/// <param name="address">Where it is.</param>
/// <param name="authorityFile">The authorities to trust over HTTPS; null: the usual ones.</param>
/// <param name="credentials">What there is to log in with, if it asks for that.</param>
internal sealed class ManagementClient(DaemonAddress address, string? authorityFile, ViewerCredentials credentials)
    : IDisposable
{
    private const string Root = "-/api/v1/";

    private readonly DaemonConnection connection = new(address, authorityFile);
    private AuthenticationHeaderValue? authorization;

    public static string OverridePath(string component) => $"{Root}overrides/{Escaped(component)}";

    public static string GuardPath(string guard) => $"{Root}guards/{Uri.EscapeDataString(guard)}";

    public static string LatchesPath(string component) => $"{Root}latches/{Escaped(component)}";

    public static string StatusPath => $"{Root}status";

    public static string PollersPath(string? component) =>
        component is null ? $"{Root}pollers" : $"{Root}pollers/{Escaped(component)}";

    public static string NotificationsPath(string? route) =>
        route is null ? $"{Root}notifications" : $"{Root}{NotificationsEndpoint.Root}{Uri.EscapeDataString(route)}";

    public static string ResendPath(string route) => NotificationsPath(route) + NotificationsEndpoint.Resend;

    public static string ComponentPath(string name) => $"{Root}components/{Escaped(name)}";

    /// <summary>The path of the history.</summary>
    /// <param name="component">Of one component; null: of all.</param>
    /// <param name="within">How long ago at most; null: all that is kept.</param>
    /// <param name="limit">At most so many of each kind.</param>
    public static string HistoryPath(string? component, TimeSpan? within, int limit) =>
        string.Create(CultureInfo.InvariantCulture, $"{Root}history?limit={limit}")
        + (component is null ? "" : $"&component={Uri.EscapeDataString(component)}")
        + (
            within is { } age
                ? string.Create(CultureInfo.InvariantCulture, $"&within_seconds={(decimal)age.TotalSeconds}")
                : ""
        );

    /// <summary>The path of the latencies of a component.</summary>
    /// <param name="component">The component.</param>
    /// <param name="by"><c>minute</c> or <c>hour</c>.</param>
    /// <param name="within">How long ago at most.</param>
    /// <param name="limit">At most so many.</param>
    public static string LatencyPath(string component, string by, TimeSpan within, int limit) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Root}latency/{Escaped(component)}?by={by}&within_seconds={(decimal)within.TotalSeconds}&limit={limit}"
        );

    /// <summary>The path of a component: each segment escaped, the slashes between them not.</summary>
    public static string Escaped(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    public async Task<ConfigurationDocument> ConfigurationAsync(CancellationToken cancellationToken) =>
        Read(await TextAsync($"{Root}configuration", cancellationToken), ManagementJson.Default.ConfigurationDocument);

    /// <summary>The document at a path, as it was received.</summary>
    /// <exception cref="CommandException">It was not to be had.</exception>
    public async Task<string> TextAsync(string path, CancellationToken cancellationToken)
    {
        DaemonAnswer answer = await AskAsync(path, cancellationToken);
        if (answer.Status == 200)
        {
            return answer.Text;
        }

        throw Refusal(path, answer);
    }

    /// <summary>What a component serves, once it is that state, or a while later.</summary>
    /// <param name="name">The component.</param>
    /// <param name="state">The state.</param>
    /// <param name="timeout">How long at most; less than a connection may be silent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">It was not to be had.</exception>
    public async Task<HealthState> WaitAsync(
        string name,
        HealthState state,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        string path =
            $"{WaitEndpoint.Root}{Escaped(name)}?{WaitTerms.StateKey}={state.Word()}&{WaitTerms.TimeoutKey}={DurationText.Exact(timeout)}";
        DaemonAnswer answer = await AskAsync(path, cancellationToken);
        foreach (HealthState shown in Enum.GetValues<HealthState>())
        {
            if (answer.Text == Answer.Of(shown).Text && answer.Status == Answer.Of(shown).Status)
            {
                return shown;
            }
        }

        throw answer.Status == 404
            ? new CommandException(
                ExitCode.WrongCommandLine,
                $"failover: the daemon has no component {Printable.Quoted(name)}"
            )
            : Refusal(path, answer);
    }

    /// <summary>Whether the daemon has judged everything and does not stop, whoever asks.</summary>
    /// <exception cref="CommandException">It does not answer.</exception>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        DaemonAnswer answer = await connection.SendAsync(
            HttpMethod.Get,
            ProcessEndpoint.Ready,
            null,
            cancellationToken
        );
        return answer.Status is 200 or 503 ? answer.Status == 200 : throw Refusal(ProcessEndpoint.Ready, answer);
    }

    // Logs in where that is asked for.
    private async Task<DaemonAnswer> AskAsync(string path, CancellationToken cancellationToken)
    {
        // Not before something is read: what a command does itself must not fail for a token that only its report needs.
        authorization ??= credentials.First();
        DaemonAnswer answer = await connection.SendAsync(HttpMethod.Get, path, authorization, cancellationToken);
        if (answer.Status == 401)
        {
            authorization = await credentials.LogInAsync(address, connection, cancellationToken);
            answer = await connection.SendAsync(HttpMethod.Get, path, authorization, cancellationToken);
        }

        return answer;
    }

    private CommandException Refusal(string path, DaemonAnswer answer)
    {
        string error = ProblemOf(answer);
        return answer.Status switch
        {
            404
                when (
                    path.StartsWith($"{Root}components/", StringComparison.Ordinal)
                    || path.StartsWith($"{Root}pollers/", StringComparison.Ordinal)
                    || path.StartsWith(Root + NotificationsEndpoint.Root, StringComparison.Ordinal)
                    || path.StartsWith($"{Root}latency/", StringComparison.Ordinal)
                )
                    && error.Length > 0 => new CommandException(ExitCode.WrongCommandLine, $"failover: {error}"),
            503
                when (
                    path.StartsWith($"{Root}history", StringComparison.Ordinal)
                    || path.StartsWith($"{Root}latency/", StringComparison.Ordinal)
                )
                    && error.Length > 0 => new CommandException(ExitCode.StateUnusable, $"failover: {error}"),
            401 or 429 => new CommandException(ExitCode.NotAllowed, $"failover: not allowed: {error}"),
            403 => new CommandException(ExitCode.NotAllowed, $"failover: not allowed: {error}"),
            _ => connection.Unreachable(
                FormattableString.Invariant($"it answers {answer.Status} where its management API should be")
            ),
        };
    }

    /// <summary>The status; null where the daemon answers, and asks who views.</summary>
    public async Task<StatusDocument?> StatusIfOpenAsync(CancellationToken cancellationToken)
    {
        DaemonAnswer answer = await connection.SendAsync(HttpMethod.Get, StatusPath, null, cancellationToken);
        return answer.Status switch
        {
            200 => Read(answer.Text, ManagementJson.Default.StatusDocument),
            401 => null,
            _ => throw connection.Unreachable(
                FormattableString.Invariant($"it answers {answer.Status} where its management API should be")
            ),
        };
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public T Read<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new JsonException("nothing");
        }
        catch (JsonException exception)
        {
            throw connection.Unreachable($"its answer is none of a management API: {exception.Message}");
        }
    }

    public void Dispose() => connection.Dispose();

    /// <summary>What a problem says, printable; empty where it is none.</summary>
    public static string ProblemOf(DaemonAnswer answer)
    {
        try
        {
            return Printable.Escape(
                JsonSerializer.Deserialize(answer.Text, ManagementJson.Default.ProblemDocument)?.Detail ?? ""
            );
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
