namespace Failover;

/// <summary>A password file that cannot be used. The message is one line: file and line, what was got, what is accepted;
/// never a password or a hash.</summary>
internal sealed class PasswordFileException : IOException
{
    public PasswordFileException(string message)
        : base(message) { }

    public PasswordFileException(string message, Exception cause)
        : base(message, cause) { }

    public PasswordFileException() { }
}
