using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>An event loop and the web server, fed the same bytes, answer with the same bytes.</summary>
public sealed partial class PollComparisonTests
{
    private const int Clients = 8;

    private static readonly byte[] Last = "GET /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray();

    [Fact]
    public Task They_give_the_same_answers_to_100_000_inputs() => CompareAsync(seed: 1, inputs: 100_000);

    /// <summary>For <c>build.sh soak --polls</c>, which sets how many and from which seed.</summary>
    [Fact(Explicit = true)]
    public Task They_give_the_same_answers_to_as_many_as_are_wanted() =>
        CompareAsync(Number("FAILOVER_POLLS_SEED", 2), Number("FAILOVER_POLLS_INPUTS", 10_000_000));

    private static async Task CompareAsync(int seed, int inputs)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");
        await using HealthService service = new(BootTime.Instance);
        service.Add(Component("ok", new DelegateCheck(() => true)));
        service.Add(Component("fail", new DelegateCheck(() => false)));
        service.Add(Component("error", new DelegateCheck(() => Observation.Error("unknown"))));
        Oneshot reset = new(auth: new HtpasswdFile("/nonexistent"));
        service.Add(
            new(
                "posted",
                new Toggle(toFail: new Background(new DelegateCheck(() => true), Hour(1)), toOk: reset),
                reset.Fire
            )
        );
        service.Add(new("asked", new DelegateCheck(() => true)));
        service.Start(_ => { }, _ => { });
        await service.Engine.WhenIdleAsync();
        HealthEndpoint endpoint = new(service);
        await using Listener polled = await ListenAsync(service, service);
        await using Listener served = await ListenAsync(service, polls: null);
        ConcurrentQueue<string> differences = new();

        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(client =>
                    Task.Run(async () =>
                    {
                        PollInputs next = new(seed * Clients + client);
                        for (int i = 0; i < inputs / Clients && differences.Count < 5; i++)
                        {
                            byte[] input = next.Next();
                            string[] answers = await Task.WhenAll(AskAsync(polled, input), AskAsync(served, input));
                            if (answers[0] != answers[1])
                            {
                                differences.Enqueue(
                                    $"{Encoding.Latin1.GetString(input)}\n--- by the loop:\n{answers[0]}\n--- by the web server:\n{answers[1]}"
                                );
                            }
                        }
                    })
                )
        );

        differences.ShouldBeEmpty();

        async Task<Listener> ListenAsync(HealthService answering, HealthService? polls)
        {
            Listener listener = new(
                ListenerUnderTest.FreePort,
                http => endpoint.HandleAsync(http, prefix: ""),
                new ConnectionBudget(1000),
                polls: polls
            );
            await listener.StartAsync();
            return listener;
        }
    }

    private static ComponentDescription Component(string name, HealthTask task) =>
        new(name, new Background(task, Hour(1)));

    // All that comes back until the connection is closed, without dates. The last request asks for that, unless what is before it takes
    // it for something else: then nothing more comes, and the answers so far are compared.
    private static async Task<string> AskAsync(Listener listener, byte[] input)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, listener.Address.Port));
        StringBuilder answer = new();
        byte[] buffer = new byte[4096];
        try
        {
            await socket.SendAsync((byte[])[.. input, .. Last]);
            // Real time: how long an answer may be on its way.
            using CancellationTokenSource patience = new(Second(2));
            while (await socket.ReceiveAsync(buffer, patience.Token) is > 0 and int count)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException)
        {
            // What is unread when a connection is closed resets it behind the answer; or it stays open.
        }

        return Date.Replace(answer.ToString(), "Date: -");
    }

    private static int Number(string variable, int fallback) =>
        Environment.GetEnvironmentVariable(variable) is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : fallback;

    [GeneratedRegex("Date: [^\r]*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Date { get; }
}
