namespace Failover;

/// <summary>A mail server does not take a message.</summary>
/// <param name="message">Why, for people.</param>
/// <param name="isOfMessage">Whether it may take another one.</param>
internal sealed class SmtpRefusedException(string message, bool isOfMessage = false) : Exception(message)
{
    public bool IsOfMessage => isOfMessage;
}
