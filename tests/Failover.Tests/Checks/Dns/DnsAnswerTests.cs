namespace Failover;

public sealed class DnsAnswerTests
{
    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    public void A_name_has_as_many_compression_pointers_as_it_may_have_labels(int pointers, bool isRead)
    {
        DnsQuestion question = new("www.example.net", DnsRecordType.A);
        byte[] query = question.Query(7);
        // One pointer behind another: the first to the name of the question, each other one to that before it.
        List<byte> chain = [];
        int last = DnsAnswer.HeadSize;
        int start = query.Length + NameServer.Record(DnsRecordType.Txt, []).Length;
        for (int i = 1; i < pointers; i++)
        {
            chain.AddRange([(byte)(0xc0 | (last >> 8)), (byte)last]);
            last = start + chain.Count - 2;
        }

        byte[] named = NameServer.A("192.0.2.1");
        (named[0], named[1]) = ((byte)(0xc0 | (last >> 8)), (byte)last);
        byte[] message = NameServer.Answer(query, [NameServer.Record(DnsRecordType.Txt, [.. chain]), named]);

        if (isRead)
        {
            DnsAnswer.Read(message, 7, question)!.Values.ShouldBe(["192.0.2.1"]);
        }
        else
        {
            Should
                .Throw<MalformedAnswerException>(() => DnsAnswer.Read(message, 7, question))
                .Message.ShouldBe("a name has too many compression pointers");
        }
    }

    [Fact]
    public void Whatever_octets_a_message_has_it_is_read_or_refused()
    {
        Random random = new(1);
        DnsQuestion question = new("www.example.net", DnsRecordType.Txt);
        byte[] good = NameServer.Answer(
            question.Query(7),
            [NameServer.Record(DnsRecordType.Txt, [3, 97, 98, 99]), NameServer.Record(DnsRecordType.Cname, [0xc0, 12])]
        );
        int malformed = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] message = [.. good[..random.Next(good.Length + 1)]];
            for (int j = random.Next(4); j > 0 && message.Length > 2; j--)
            {
                message[random.Next(2, message.Length)] = (byte)random.Next(256);
            }

            try
            {
                DnsAnswer.Read(message, 7, question);
            }
            catch (MalformedAnswerException)
            {
                malformed++;
            }
        }

        malformed.ShouldBeGreaterThan(1000);
    }
}
