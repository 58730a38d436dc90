namespace Failover;

internal static class ArgumentAssertions
{
    /// <summary>A refused argument is named, and the message says what was got and what is accepted.</summary>
    public static void ShouldSay(this ArgumentException refusal, string argument, string message)
    {
        refusal.ParamName.ShouldBe(argument);
        refusal.Message.ShouldStartWith(message);
    }
}
