namespace Failover;

/// <summary>Opens the user lists that tasks describe: one for all descriptions that are equal.</summary>
/// <remarks>Not safe for use from several threads: the server opens them all while it starts.</remarks>
internal sealed class Authenticators(TimeProvider time) : IDisposable
{
    private readonly Dictionary<Authentication, PasswordFile> opened = [];

    /// <summary>Opens a list, or gives the one that is open.</summary>
    /// <exception cref="ArgumentException">A description of a kind that nothing here opens.</exception>
    /// <exception cref="PasswordFileException">The file cannot be used.</exception>
    public PasswordFile Open(Authentication description)
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

        opened.Add(description, file);
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
