using System.Text;

namespace Failover;

/// <summary>A directory with a password file in it, which goes when the test ends.</summary>
internal sealed class PasswordDirectory : IDisposable
{
    // {SHA} of "secret": cheap, for tests that are not about hashes.
    public const string Alice = "alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("failover-auth-");

    /// <summary>Hashes the passwords of the files that are opened here.</summary>
    public LoginThread Logins { get; } = new();

    public string File => Path.Combine(directory.FullName, "users");

    public string Other => Path.Combine(directory.FullName, "users.new");

    public PasswordDirectory Write(string content)
    {
        System.IO.File.WriteAllText(File, content);
        return this;
    }

    /// <summary>Opens the file as the server does when it starts.</summary>
    public PasswordFile Open(TimeProvider? time = null, Hasher? hasher = null)
    {
        PasswordFile opened = new(File, time ?? new ManualTime(), Logins, hasher);
        try
        {
            opened.Load();
            return opened;
        }
        catch (PasswordFileException)
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Logins.Dispose();
        directory.Delete(recursive: true);
    }
}

internal static class PasswordFileCalls
{
    public static Task<PasswordCheck> VerifyAsync(this PasswordFile file, string user, string password) =>
        file.VerifyUntilAsync(user, password, TestContext.Current.CancellationToken);

    /// <summary>As one who may give up.</summary>
    public static Task<PasswordCheck> VerifyUntilAsync(
        this PasswordFile file,
        string user,
        string password,
        CancellationToken gone
    ) => file.VerifyAsync(user, Encoding.UTF8.GetBytes(password), default, goesFirst: false, gone).AsTask();
}
