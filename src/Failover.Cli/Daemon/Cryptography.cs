using System.Security.Cryptography;

namespace Failover;

/// <summary>Loads the platform's cryptography, on Linux OpenSSL, before anything needs it.</summary>
/// <remarks>.NET loads it at the first use, and ends the process where that fails: where no descriptor is left, or an upgrade has replaced
/// one of two libraries. That must not wait for a log-in. Where nothing needs it, its memory is saved.</remarks>
internal static class Cryptography
{
    /// <summary>Loads it where a configuration may need it.</summary>
    public static void LoadFor(FailoverConfiguration configuration)
    {
        if (IsUsedBy(configuration))
        {
            Span<byte> any = stackalloc byte[1];
            RandomNumberGenerator.Fill(any);
        }
    }

    /// <summary>Whether a configuration may need it: all that is not known not to.</summary>
    internal static bool IsUsedBy(FailoverConfiguration configuration) =>
        HasTls(configuration)
        || HasPasswords(configuration)
        || configuration.Otlp is not null
        || !configuration.Notifications.Routes.IsEmpty
        // Where a request's target leads is not known.
        || !configuration.Modules.Modules.IsEmpty
        || IsUsedBy(configuration.Components.Select(component => component.Task));

    private static bool HasTls(FailoverConfiguration configuration) =>
        configuration.Tls is not null
        || configuration.Listen.Any(address => address.IsTls)
        || configuration.Management is { IsTls: true };

    private static bool HasPasswords(FailoverConfiguration configuration) =>
        configuration.PasswordFiles.Count > 0
        || configuration.Access.Files.Any()
        || !configuration.Access.Tokens.IsEmpty
        || configuration.Components.Any(component =>
            component.Users.Any() || component.Heartbeats.Any(heartbeat => heartbeat.Token is not null)
        );

    private static bool IsUsedBy(IEnumerable<HealthTask> roots)
    {
        HashSet<HealthTask> seen = new(ReferenceEqualityComparer.Instance);
        Stack<HealthTask> left = new(roots);
        while (left.TryPop(out HealthTask? task))
        {
            if (task is ProbeCheck { UsesCryptography: true })
            {
                return true;
            }

            // A task that several components share is examined once.
            if (!task.Children.IsEmpty && seen.Add(task))
            {
                foreach (HealthTask child in task.Children)
                {
                    left.Push(child);
                }
            }
        }

        return false;
    }
}
