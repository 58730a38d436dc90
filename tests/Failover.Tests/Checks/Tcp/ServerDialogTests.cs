using System.Text;

namespace Failover;

public sealed class ServerDialogTests
{
    [Fact]
    public async Task A_reply_of_many_lines_takes_memory_in_proportion_to_its_length()
    {
        byte[] reply = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("220-\n", 13_000)) + "220 a\n");
        ManualTime time = new();
        using MemoryStream stream = new(reply);
        using Conversation with = new(stream, time, new(time, Second(1)), TestContext.Current.CancellationToken);
        long before = GC.GetAllocatedBytesForCurrentThread();

        // From memory, so that all of it runs here.
        string said = await new FtpDialog().GreetAsync(with);

        said.ShouldBe("banner \"220-\"");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100 * reply.Length);
    }
}
