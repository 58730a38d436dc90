using System.Text;

namespace Failover;

/// <summary>The management listener on a free port, with users: <c>alice</c> may view, <c>bob</c> may operate, and each has the password
/// <c>secret</c>.</summary>
internal sealed class ManagementUnderTest : IAsyncDisposable
{
    // {SHA} of "secret": cheap, for tests that are not about hashes.
    private const string Secret = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-management-");
    private readonly ManagementApplication application;
    private Listener listener = null!;

    private ManagementUnderTest()
    {
        Service = new(Time);
        Access = new(new(ViewFile), new(OperateFile))
        {
            Tokens = [new("ci", ViewToken, ManagementRole.View), new("deploy", OperateToken, ManagementRole.Operate)],
        };
        File.WriteAllText(ViewFile, $"alice:{Secret}\n");
        File.WriteAllText(OperateFile, $"bob:{Secret}\n");
        application = new(Service, Map);
    }

    public const string ViewToken = "view-0123456789abcdef";
    public const string OperateToken = "operate-0123456789abcdef";

    public ManualTime Time { get; } = new();

    public HealthService Service { get; }

    /// <summary>Who may; another one may take its place at any time.</summary>
    public ManagementAccess Access { get; set; }

    public ConnectionBudget Budget { get; } = new(256);

    /// <summary>Where components are said to be served.</summary>
    public ListenAddress[] Served { get; set; } = [];

    /// <summary>What may be asked to be probed.</summary>
    public ModuleSet Modules { get; set; } = ModuleSet.None;

    /// <summary>What was changed, and with which body.</summary>
    public List<string> Changes { get; } = [];

    public string ViewFile => Path.Combine(folder.FullName, "view");

    public string OperateFile => Path.Combine(folder.FullName, "operate");

    public int Port => listener.Address.Port;

    public Uri Url => new($"http://127.0.0.1:{Port}/-/api/v1/");

    public static async Task<ManagementUnderTest> StartAsync(Action<ManagementUnderTest>? prepare = null)
    {
        ManagementUnderTest test = new();
        prepare?.Invoke(test);
        test.Service.Access = test.Access;
        test.Service.Add(new("mail", new DelegateCheck(_ => Task.FromResult(true))));
        test.Service.Start(_ => { }, _ => { });
        test.listener = await ListenerUnderTest.StartAsync(
            ListenerUnderTest.FreePort,
            http =>
            {
                ManagementAccess access = test.Access;
                return test.application.HandleAsync(
                    http,
                    new(test.listener.Address, access, () => test.Access == access)
                );
            },
            test.Budget
        );
        return test;
    }

    public static string Basic(string user, string password = "secret") =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}\r\n";

    public static string Bearer(string token) => $"Authorization: Bearer {token}\r\n";

    public Task<RawAnswer> GetAsync(string path, string headers = "") => SendAsync("GET", path, headers);

    /// <summary>Sends a request for a path below the API.</summary>
    public Task<RawAnswer> SendAsync(string method, string path, string headers, string body = "") =>
        RawConnection.AskAsync(
            Port,
            $"{method} /-/api/v1/{path} HTTP/1.1\r\nHost: localhost:{Port}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"
        );

    /// <summary>The token of a session of a user.</summary>
    public async Task<string> LogInAsync(string user = "alice")
    {
        RawAnswer answer = await SendAsync("POST", "session", Basic(user));
        answer.Status.ShouldBe(201, answer.Body);
        return System.Text.Json.JsonSerializer.Deserialize(answer.Body, ManagementJson.Default.SessionDocument)!.Token;
    }

    /// <summary>Ends as a daemon does, and nothing has to be cut off for it.</summary>
    public async Task StopAsync()
    {
        using CancellationTokenSource cutOff = new(Second(10));
        await listener.StopAsync(cutOff.Token);
        cutOff.IsCancellationRequested.ShouldBeFalse();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await listener.DisposeAsync();
        await Service.DisposeAsync();
        folder.Delete(recursive: true);
    }

    // What there is, and a change of each kind.
    private void Map(ManagementRoutes routes)
    {
        ManagementEndpoints.Map(routes, Service, new ManagementSource { Served = Served, Modules = Modules });
        foreach (string method in (string[])["PUT", "DELETE"])
        {
            routes.MapChange(
                method,
                $"{ManagementRoutes.Api}things/{ManagementRoutes.Name}",
                ManagementRole.Operate,
                (_, name) => name == "none" ? null : new($"-/api/v1/things/{name}", (body, _) => Change(name, body))
            );
        }

        routes.MapChange(
            "PUT",
            $"{ManagementRoutes.Api}fenced/{ManagementRoutes.Name}",
            ManagementRole.Operate,
            (_, name) => new($"-/api/v1/fenced/{name}", (body, _) => Change(name, body)),
            isFenced: true
        );
    }

    private ValueTask<PostResult> Change(string name, byte[] body)
    {
        lock (Changes)
        {
            Changes.Add($"{name}: {Encoding.UTF8.GetString(body)}");
        }

        return new(new PostResult(Answer.Noted));
    }
}
