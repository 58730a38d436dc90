using System.Net.Sockets;

namespace Failover;

public sealed class EchoMessageTests
{
    private readonly EchoMessage message = new(AddressFamily.InterNetwork);

    [Fact]
    public void A_request_has_a_right_checksum()
    {
        byte[] request = message.Request(0x1234).ToArray();

        request[..2].ShouldBe([8, 0]);
        request[6..8].ShouldBe([0x12, 0x34]);
        // RFC 1071: the sum of all words, the checksum included, is all ones.
        uint sum = 0;
        for (int i = 0; i < request.Length; i += 2)
        {
            sum += (uint)((request[i] << 8) | request[i + 1]);
        }

        ((sum & 0xffff) + (sum >> 16)).ShouldBe(0xffffu);
    }

    [Fact]
    public void A_reply_is_known_with_the_header_of_IP_and_without()
    {
        byte[] reply = Reply(message, 7);

        message.SequenceOf(reply).ShouldBe(7);
        message.SequenceOf([0x45, .. new byte[19], .. reply]).ShouldBe(7);
        message.SequenceOf([0x46, .. new byte[23], .. reply]).ShouldBe(7);
    }

    [Fact]
    public void A_reply_over_IPv6_is_known()
    {
        EchoMessage six = new(AddressFamily.InterNetworkV6);
        byte[] request = six.Request(1).ToArray();
        request[0].ShouldBe((byte)128);

        six.SequenceOf(request).ShouldBeNull();
        request[0] = 129;
        six.SequenceOf(request).ShouldBe(1);
    }

    [Fact]
    public void Anything_else_is_ignored()
    {
        byte[] reply = Reply(message, 7);

        message.SequenceOf([]).ShouldBeNull();
        message.SequenceOf([0x45]).ShouldBeNull();
        message.SequenceOf([0x4f, .. reply]).ShouldBeNull();
        message.SequenceOf(message.Request(7)).ShouldBeNull("a request, as loopback shows it to raw sockets");
        message.SequenceOf(reply.AsSpan(0, reply.Length - 1)).ShouldBeNull("too short");
        message.SequenceOf([.. reply, 0]).ShouldBeNull("too long");
        message.SequenceOf([3, .. reply.AsSpan(1)]).ShouldBeNull("another type");
        message.SequenceOf([0, 1, .. reply.AsSpan(2)]).ShouldBeNull("another code");
        message.SequenceOf(Reply(new(AddressFamily.InterNetwork), 7)).ShouldBeNull("that of another probe");
    }

    private static byte[] Reply(EchoMessage message, int sequence) => [0, .. message.Request(sequence).Slice(1)];
}
