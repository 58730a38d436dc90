namespace Failover;

public sealed class ExchangeStepTests
{
    private static readonly ExchangeStepOption Option = new("step", "");

    [Theory]
    [InlineData("send PING\r\n", @"send PING\r\n")]
    [InlineData(@"send PING\r\n", @"send PING\r\n")]
    [InlineData(@"expect \0\x00\t\\", @"expect \0\0\t\\")]
    [InlineData(@"send \xFF\x0a", @"send \xff\n")]
    [InlineData("expect ü", @"expect \xc3\xbc")]
    [InlineData("send  two spaces ", "send  two spaces ")]
    [InlineData(@"match ^\+OK\b.*\r\n", @"match ^\+OK\b.*\r\n")]
    public void A_step_has_one_text(string given, string text)
    {
        ExchangeStep step = given;

        step.ToString().ShouldBe(text);
        step.ShouldBe((ExchangeStep)text);
        step.GetHashCode().ShouldBe(((ExchangeStep)text).GetHashCode());
        Option.Parse(given).Value.ShouldBe(step);
        Option.Takes(step).ShouldBeTrue();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("send", "")]
    [InlineData("send ", "")]
    [InlineData("Send PING", "")]
    [InlineData("receive it", "")]
    [InlineData(@"send \q", @"which has a \ that is none of the escapes")]
    [InlineData(@"send \", @"which has a \ that is none of the escapes")]
    [InlineData(@"send \x", @"which has a \ that is none of the escapes")]
    [InlineData(@"send \x1", @"which has a \ that is none of the escapes")]
    [InlineData(@"send \x+1", @"which has a \ that is none of the escapes")]
    [InlineData("match (", "wrong at character 1: Not enough )'s")]
    [InlineData("match (?=a)", "which has lookaround or backreferences, or is too large")]
    [InlineData("match ü", @"whose regular expression is not ASCII; a byte is \xHH there")]
    public void A_text_that_is_no_step_says_why(string given, string flaw)
    {
        Parsed parsed = Option.Parse(given);

        (parsed.IsValue, parsed.Flaw).ShouldBe((false, flaw));
        Option.Takes((ExchangeStep)given).ShouldBeFalse();
    }

    [Fact]
    public void Every_byte_survives_being_written_and_read()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(one => (byte)one)];

        EscapedBytes.Parse(EscapedBytes.Text(all)).ShouldBe(all);
    }
}
