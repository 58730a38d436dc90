using System.Collections.Concurrent;

namespace Failover;

/// <summary>Opens the user lists that tasks describe: one for all descriptions that are equal.</summary>
/// <remarks>One thread opens them, while the server starts and when it is given other components; log-ins meanwhile find those that
/// are open. One that is no longer named stays open: it costs a look a second, and may be named again.</remarks>
internal sealed class Authenticators(TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<Authentication, PasswordFile> opened = [];

    /// <summary>Gives the list that is open.</summary>
    /// <exception cref="KeyNotFoundException">It is not.</exception>
    public PasswordFile Of(Authentication description) => opened[description];

    /// <summary>Opens a list and watches it, unless it is open.</summary>
    /// <param name="description">Which.</param>
    /// <param name="warn">Takes warnings for people: what the list has to complain of now, and when it has gone bad
    /// later.</param>
    /// <exception cref="ArgumentException">A description of a kind that nothing here opens.</exception>
    /// <exception cref="PasswordFileException">The file cannot be used.</exception>
    public PasswordFile Open(Authentication description, Action<string> warn)
    {
        if (opened.TryGetValue(description, out PasswordFile? known))
        {
            return known;
        }

        if (description is not HtpasswdFile htpasswd)
        {
            throw new ArgumentException(
                $"auth is a {description.GetType().Name}; accepted: {nameof(HtpasswdFile)}",
                nameof(description)
            );
        }

        PasswordFile file = new(htpasswd.Path, time);
        try
        {
            file.Load();
        }
        catch
        {
            file.Dispose();
            throw;
        }

        opened.TryAdd(description, file);
        foreach (string warning in file.Warnings)
        {
            warn(warning);
        }

        file.Watch(warn);
        return file;
    }

    /// <summary>Closes them all.</summary>
    public void Dispose()
    {
        foreach (PasswordFile file in opened.Values)
        {
            file.Dispose();
        }

        opened.Clear();
    }
}
