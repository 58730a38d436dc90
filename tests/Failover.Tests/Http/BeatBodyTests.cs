using System.Text;

namespace Failover;

public sealed class BeatBodyTests
{
    [Theory]
    [InlineData("", Ok, "reported ok")]
    [InlineData(" \r\n", Ok, "reported ok")]
    [InlineData("ok", Ok, "reported ok")]
    [InlineData("OK\n", Ok, "reported ok")]
    [InlineData("ok 3 GB in 12 min\nand more lines", Ok, "3 GB in 12 min")]
    [InlineData("warning disk 91 % full", Ok, "disk 91 % full")]
    [InlineData("fail some text\r\n", Fail, "some text")]
    [InlineData("Fail", Fail, "reported fail")]
    [InlineData("error\tcould not tell", Error, "could not tell")]
    public void A_state_and_a_text(string body, HealthState state, string reason)
    {
        BeatBody.TryParse(Encoding.UTF8.GetBytes(body), out Observation beat, out string flaw).ShouldBeTrue(flaw);

        (beat.State, beat.Reason).ShouldBe((state, reason));
        beat.HasWarning.ShouldBe(body.StartsWith("warning", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "done",
        "the body begins with \"done\"; accepted: nothing, or ok, warning, fail or error, and a text after it"
    )]
    [InlineData(
        "okay then",
        "the body begins with \"okay\"; accepted: nothing, or ok, warning, fail or error, and a text after it"
    )]
    public void Anything_else_is_refused(string body, string expected)
    {
        BeatBody.TryParse(Encoding.UTF8.GetBytes(body), out _, out string flaw).ShouldBeFalse();
        flaw.ShouldBe(expected);
    }

    [Fact]
    public void What_is_no_UTF8_is_refused()
    {
        BeatBody.TryParse([(byte)'o', (byte)'k', (byte)' ', 0xff], out _, out string flaw).ShouldBeFalse();
        flaw.ShouldStartWith("the body is no UTF-8; accepted: ");
    }

    [Fact]
    public void A_long_text_is_cut_between_two_characters()
    {
        byte[] body = Encoding.UTF8.GetBytes($"fail {new string('x', 499)}😀");

        BeatBody.TryParse(body, out Observation beat, out _).ShouldBeTrue();
        beat.Reason.ShouldBe(new string('x', 499));
    }
}
