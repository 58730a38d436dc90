namespace Failover;

public sealed class DnsAnswerTests
{
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
