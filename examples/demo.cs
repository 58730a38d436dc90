#!/usr/bin/env dotnet
#:project ../src/Failover
// The five examples at work in fifteen seconds, with times scaled down, against a target that this script stops and starts again.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Failover;
using static Failover.Units;

// One user, "operator" with the password "secret", as htpasswd -B writes it.
string passwords = Path.GetTempFileName();
await File.WriteAllTextAsync(passwords, "operator:$2y$05$yB/WnLJVtIQzO09eu3KYmerpjviLakKGuGfJ853higoElZD/vzWWe\n");

var target = new Target();
var check = new TcpCheck(host: "127.0.0.1", port: target.Port, timeout: Second(1));
var latch = new Toggle(
    initialState: Ok,
    toFail: new Hysteresis(check, failAfter: 10),
    toOk: new Oneshot(auth: new HtpasswdFile(passwords))
);

await using var server = new HealthCheckServer(port: 0, host: "127.0.0.1");
server.AddComponent("example-1", check);
server.AddComponent("example-2", new Hysteresis(check, initialState: Fail, okAfter: Count(5), failAfter: Count(10)));
server.AddComponent("example-3", new Hysteresis(check, initialState: Fail, okAfter: Second(1), failAfter: Second(2)));
server.AddComponent(
    "example-4",
    new Background(
        new Hysteresis(check, initialState: Fail, okAfter: Count(2), failAfter: Count(2)),
        interval: Second(0.5)
    )
);
server.AddComponent("mail-u5", latch, onPost: latch.Reset);
await server.StartAsync();

using var poller = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/") };
string[] names = ["example-1", "example-2", "example-3", "example-4", "mail-u5"];

target.Start();
await PollAsync(seconds: 4, "the target is up");
target.Stop();
await PollAsync(seconds: 4, "the target is stopped");
target.Start();
await PollAsync(seconds: 4, "the target is up again; mail-u5 stays latched");

var post = new HttpRequestMessage(HttpMethod.Post, "mail-u5");
post.Headers.Authorization = new AuthenticationHeaderValue(
    "Basic",
    Convert.ToBase64String(Encoding.UTF8.GetBytes("operator:secret"))
);
using (HttpResponseMessage answer = await poller.SendAsync(post))
{
    Console.WriteLine(
        $"POST /mail-u5 by operator: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}"
    );
}

await PollAsync(seconds: 1, "reset by hand");
await server.StopAsync();
File.Delete(passwords);

// Polls every component ten times a second, as a load balancer would, and shows the last answers.
async Task PollAsync(int seconds, string what)
{
    Console.WriteLine($"--- {what}");
    string answers = "";
    for (int i = 0; i < seconds * 10; i++)
    {
        var texts = new List<string>();
        foreach (string name in names)
        {
            using HttpResponseMessage answer = await poller.GetAsync(name);
            texts.Add($"/{name} {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }

        answers = string.Join("   ", texts);
        await Task.Delay(100);
    }

    Console.WriteLine($"    {answers}");
}

// Plays the mail server: accepts connections while it is started.
internal sealed class Target
{
    private Socket? listener;

    public Target()
    {
        Start();
        Port = ((IPEndPoint)listener!.LocalEndPoint!).Port;
        Stop();
    }

    public int Port { get; }

    public void Start()
    {
        listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        listener.Listen();
    }

    public void Stop() => listener!.Dispose();
}
