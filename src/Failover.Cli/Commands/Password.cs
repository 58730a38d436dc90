namespace Failover;

/// <summary>The password of whoever resets. It is never on the command line, which every user of a machine may read.</summary>
internal static class Password
{
    // As the server takes them.
    private const int Longest = 1024;

    /// <summary>From a file, from the standard input, or from whoever sits at the terminal.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static string Read(string? file, string user, DaemonAddress address, CommandContext context)
    {
        string? password = file switch
        {
            null => context.AskPassword($"Password of {Printable.Escape(user)} at {address}: "),
            "-" => FirstLine(context.Input),
            _ => FirstLineOf(file, "password"),
        };
        return password switch
        {
            null when file is null => throw new CommandException(
                ExitCode.WrongCommandLine,
                "failover: there is no terminal to ask for the password\n  accepted: --password-file FILE, - for the standard input"
            ),
            null or "" => throw new CommandException(ExitCode.WrongCommandLine, "failover: the password is empty"),
            _ => password,
        };
    }

    /// <summary>The first line of a file that holds a secret.</summary>
    /// <param name="file">The file.</param>
    /// <param name="what">What the secret is, for messages.</param>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static string FirstLineOf(string file, string what)
    {
        try
        {
            using StreamReader reader = new(file);
            return FirstLine(reader);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException(
                ExitCode.WrongCommandLine,
                $"failover: the {what} in {Printable.Escape(file)} cannot be read: {Printable.Escape(fault.Message)}"
            );
        }
    }

    private static string FirstLine(TextReader reader)
    {
        char[] text = new char[Longest];
        int length = reader.ReadBlock(text, 0, text.Length);
        string all = new(text, 0, length);
        return all.Split('\n')[0].TrimEnd('\r');
    }
}
