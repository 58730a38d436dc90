namespace Failover;

/// <summary>What a server says, step by step: <c>S: bytes that it sends</c>, <c>C: bytes that the client has to send</c>, <c>TLS</c>, <c>END</c>.
/// <c>\r\n</c> and other escapes as in <see cref="ExchangeStep"/>.</summary>
internal static class ScriptedServer
{
    /// <summary>A server that says this on every connection.</summary>
    public static FaultServer Of(params string[] steps) =>
        new((stream, cancel) => TalkAsync(stream, steps, null, cancel));

    /// <summary>A server that can go on over TLS.</summary>
    public static FaultServer Of((string Certificate, string Key) identity, params string[] steps) =>
        new((stream, cancel) => TalkAsync(stream, steps, identity, cancel));

    public static async Task TalkAsync(
        Stream stream,
        IReadOnlyList<string> steps,
        (string Certificate, string Key)? identity,
        CancellationToken cancel
    )
    {
        foreach ((int index, string step) in steps.Index())
        {
            if (step == "TLS")
            {
                string[] rest = [.. steps.Skip(index + 1)];
                await FaultServer.OverTls(identity!.Value, (tls, stop) => TalkAsync(tls, rest, null, stop))(
                    stream,
                    cancel
                );
                return;
            }

            if (step == "END")
            {
                FaultServer.Close(stream);
                return;
            }

            byte[] bytes = EscapedBytes.Parse(step[3..])!;
            if (step.StartsWith("S: ", StringComparison.Ordinal))
            {
                await stream.WriteAsync(bytes, cancel);
            }
            else
            {
                byte[] got = new byte[bytes.Length];
                await stream.ReadExactlyAsync(got, cancel);
                EscapedBytes.Text(got).ShouldBe(EscapedBytes.Text(bytes));
            }
        }
    }
}
