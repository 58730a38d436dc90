namespace Failover;

/// <summary>The components that one server or application serves, by name, with the engine that runs them and the password files
/// that guard their POSTs.</summary>
internal sealed class HealthService(TimeProvider time) : IAsyncDisposable
{
    internal static readonly DurationOption ResponseDeadlineOption = new(
        "responseDeadline",
        "how long a request waits for an evaluation",
        FallbackText: "until it ends"
    );

    private readonly Dictionary<string, Component> components = new(StringComparer.Ordinal);
    private readonly Authenticators authenticators = new(time);
    private readonly LoginGate gate = new(new LoginLimiter(time));
    private bool isStarted;

    public HealthEngine Engine { get; } = new(time);

    public TimeProvider Time => time;

    public IReadOnlyCollection<Component> Components => Engine.Components;

    public void Add(string name, HealthTask task, PostAction? onPost, TimeSpan? responseDeadline)
    {
        if (isStarted)
        {
            throw new InvalidOperationException("components are added before the server starts");
        }

        ComponentName.Check(name);
        ArgumentNullException.ThrowIfNull(task);
        TimeSpan? deadline = responseDeadline is null ? null : ResponseDeadlineOption.Check(responseDeadline);
        if (components.ContainsKey(name))
        {
            throw new ArgumentException(
                $"name is \"{name}\", which another component has; accepted: a name of its own",
                nameof(name)
            );
        }

        if (onPost is { Auth: null })
        {
            throw new ArgumentException(
                "onPost fires a Oneshot that names nobody who may; accepted: new Oneshot(auth: new HtpasswdFile(\"…\"))",
                nameof(onPost)
            );
        }

        if (onPost is not null && !IsWithin(onPost.Target, task) && !Engine.Knows(onPost.Target))
        {
            throw new ArgumentException(
                $"onPost changes {onPost.Target}, which stands in no component; accepted: a part of this task or of a component added before",
                nameof(onPost)
            );
        }

        components.Add(name, Engine.Add(name, task, onPost, deadline));
    }

    public bool TryFind(ReadOnlySpan<char> name, out Component? component) =>
        components.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out component);

    /// <summary>Opens the password files and starts the background loops.</summary>
    /// <param name="warn">Takes warnings for people.</param>
    /// <exception cref="FailoverStartException">A password file cannot be used.</exception>
    public void Start(Action<string> warn)
    {
        isStarted = true;
        try
        {
            foreach (
                Authentication users in Components
                    .Select(component => component.OnPost?.Auth)
                    .OfType<Authentication>()
                    .Distinct()
            )
            {
                PasswordFile file = authenticators.Open(users);
                foreach (string warning in file.Warnings)
                {
                    warn(warning);
                }

                file.Watch(warn);
            }
        }
        catch (PasswordFileException exception)
        {
            throw new FailoverStartException(exception.Message, exception);
        }

        Engine.Start();
    }

    /// <summary>Whether a POST may do what it asks for.</summary>
    public ValueTask<LoginVerdict> JudgeLoginAsync(
        LoginRequest request,
        PostAction action,
        CancellationToken cancellationToken
    ) => gate.JudgeAsync(request, authenticators.Open(action.Auth!), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        authenticators.Dispose();
    }

    private static bool IsWithin(HealthTask sought, HealthTask task) =>
        ReferenceEquals(sought, task) || task.Children.Any(child => IsWithin(sought, child));
}
