using System.CommandLine;
using System.Text.Json;

namespace Failover;

/// <summary><c>failover override</c>: has a component serve something else for a limited time.</summary>
internal static class OverrideCommand
{
    private const string Clear = "clear";

    public static Command Make(CommandContext context)
    {
        OperatorRequest request = new("Who overrides", context);
        Argument<string> name = ComponentNames.Argument(request.File, context);
        Argument<string> what = new("WHAT")
        {
            Description =
                $"{string.Join(", ", Override.KindOption.Choices)} (the state that it has), or {Clear} to end its override.",
        };
        string[] words = [.. Override.KindOption.Choices, Clear];
        what.Validators.Add(AllowedValues.Only("WHAT", words));
        what.CompletionSources.Add(words);
        Option<string?> reason = new("--reason", "-r")
        {
            HelpName = "TEXT",
            Description = "Why: shown with the override, and in the audit. Required, except with clear.",
        };
        Option<string?> lasts = new("--for")
        {
            HelpName = "DURATION",
            Description =
                $"How long it is in force, at most {Units.Text(Override.LastsOption.Most)}; left out: {Override.LastsOption.Default}.",
        };
        Command command = new DocumentedCommand(
            "override",
            "Have a component serve ok, fail or the state that it has, whatever it is judged to be, for a limited time.",
            "failover override mail fail --reason \"disk is replaced\"",
            "failover override mail hold --reason \"network is rebuilt\" --for 2h",
            "failover override mail clear"
        )
        {
            name,
            what,
            reason,
            lasts,
        };
        request.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string component = ComponentNames.Plain(parsed.GetValue(name)!);
                string path = ManagementClient.OverridePath(component);
                if (parsed.GetValue(what) == Clear)
                {
                    await request.SendAsync(parsed, HttpMethod.Delete, path, body: null, component, cancellationToken);
                    await context.Output.WriteLineAsync($"/{Printable.Escape(component)}: its override is cleared");
                    return ExitCode.Ok;
                }

                string body = JsonSerializer.Serialize(
                    Body(parsed.GetValue(what)!, parsed.GetValue(reason), parsed.GetValue(lasts)),
                    ManagementJson.Default.OverrideBody
                );
                DaemonAnswer answer = await request.SendAsync(
                    parsed,
                    HttpMethod.Put,
                    path,
                    body,
                    component,
                    cancellationToken
                );
                await context.Output.WriteLineAsync($"/{Printable.Escape(component)}: {Outcome(answer)}");
                return ExitCode.Ok;
            }
        );
        return command;
    }

    // A short one may be over by the time at which it is answered.
    private static string Outcome(DaemonAnswer answer)
    {
        try
        {
            OverrideDocument set = JsonSerializer.Deserialize(answer.Text, ManagementJson.Default.OverrideDocument)!;
            return $"serves {set.State.Word().ToUpperInvariant()} until {TimeText.Text(set.Until)}";
        }
        catch (JsonException)
        {
            return "its override was set, and is over";
        }
    }

    private static OverrideBody Body(string kind, string? reason, string? lasts)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new CommandException(
                ExitCode.WrongCommandLine,
                "failover: an override needs a reason\n  accepted: --reason TEXT"
            );
        }

        double? seconds =
            lasts is null ? null
            : Override.LastsOption.Parse(lasts) is { Value: TimeSpan duration } ? duration.TotalSeconds
            : throw new CommandException(
                ExitCode.WrongCommandLine,
                $"failover: --for is {Printable.Quoted(lasts)}\n  accepted: {Override.LastsOption.Accepted}, as 30m or 2h"
            );
        return new(kind, reason, seconds);
    }
}
