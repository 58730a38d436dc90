using System.Collections.Concurrent;

namespace Failover;

/// <summary>Opens the user lists that tasks describe: one for all descriptions that are equal. Their passwords are hashed on one
/// thread.</summary>
/// <remarks>One thread opens and closes them, while the server starts and when it is given other components; log-ins meanwhile find
/// those that are open.</remarks>
internal sealed class Authenticators(TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<Authentication, PasswordFile> opened = [];
    private readonly LoginThread logins = new();

    /// <summary>Gives the list; null: it is not open.</summary>
    public PasswordFile? Find(Authentication description) => opened.GetValueOrDefault(description);

    /// <summary>Opens a list and watches it, unless it is open. One that is bad is opened as well: it rejects every log-in until it is
    /// good.</summary>
    /// <param name="description">Which.</param>
    /// <param name="warn">Takes warnings for people: what the list has to complain of now, and when it has gone bad
    /// later.</param>
    /// <exception cref="ArgumentException">A description of a kind that nothing here opens.</exception>
    public PasswordFile Open(Authentication description, Action<string> warn)
    {
        if (description is not HtpasswdFile htpasswd)
        {
            throw new ArgumentException(
                $"auth is a {description.GetType().Name}; accepted: {nameof(HtpasswdFile)}",
                nameof(description)
            );
        }

        if (opened.TryGetValue(description, out PasswordFile? file))
        {
            WarnOf(file.Consequence);
            return file;
        }

        file = new(htpasswd.Path, time, logins);
        try
        {
            file.Load();
        }
        catch (PasswordFileException)
        {
            WarnOf(file.Consequence);
        }

        opened.TryAdd(description, file);
        foreach (string warning in file.Warnings)
        {
            warn(warning);
        }

        file.Watch(warn);
        return file;

        void WarnOf(string? consequence)
        {
            if (consequence is not null)
            {
                warn(consequence);
            }
        }
    }

    /// <summary>Closes the lists that are not among these.</summary>
    public void CloseOthers(IReadOnlyCollection<Authentication> named)
    {
        foreach (Authentication description in opened.Keys.Except(named))
        {
            if (opened.TryRemove(description, out PasswordFile? file))
            {
                file.Dispose();
            }
        }
    }

    /// <summary>Closes them all.</summary>
    public void Dispose()
    {
        CloseOthers([]);
        logins.Dispose();
    }
}
