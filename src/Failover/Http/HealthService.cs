namespace Failover;

/// <summary>The components that one server or application serves, by name, with the engine that runs them and the password files
/// that guard their POSTs.</summary>
/// <param name="time">The clock.</param>
/// <param name="store">Where what outlives the process is kept; left out, nowhere.</param>
/// <param name="stateMaxAge">As for <see cref="HealthEngine"/>.</param>
internal sealed class HealthService(TimeProvider time, IStateStore? store = null, TimeSpan? stateMaxAge = null)
    : IAsyncDisposable
{
    internal static readonly DurationOption ResponseDeadlineOption = new(
        "responseDeadline",
        "how long a request waits for an evaluation",
        FallbackText: "until it ends"
    );

    private readonly Dictionary<string, ComponentDescription> added = new(StringComparer.Ordinal);
    private readonly Authenticators authenticators = new(time);
    private readonly LoginGate gate = new(new LoginLimiter(time));

    // Filled before the start; afterwards another one takes its place, for it is read without a lock.
    private Dictionary<string, Component> served = new(StringComparer.Ordinal);
    private TrustedProxySet trustedProxies = TrustedProxySet.None;
    private ProbeLimits probeLimits = new();
    private Action<string> warn = _ => { };
    private bool isStarted;

    public HealthEngine Engine { get; } = new(time, store, stateMaxAge);

    public TimeProvider Time => time;

    public IReadOnlyCollection<Component> Components => Engine.Components;

    /// <summary>Whose word about where a request came from is taken; another list may take its place at any time.</summary>
    public TrustedProxySet TrustedProxies
    {
        get => Volatile.Read(ref trustedProxies);
        set => Volatile.Write(ref trustedProxies, value);
    }

    /// <summary>How many probes run at a time; others may take their place at any time.</summary>
    public ProbeLimits ProbeLimits
    {
        get => Volatile.Read(ref probeLimits);
        set
        {
            Volatile.Write(ref probeLimits, value);
            Engine.Limit(value);
        }
    }

    /// <summary>Takes a component, to be served once this is started.</summary>
    /// <exception cref="ArgumentException">It is described wrongly.</exception>
    public void Add(ComponentDescription component)
    {
        if (isStarted)
        {
            throw new InvalidOperationException("components are added before the server starts");
        }

        Check(component, added, added.Values);
        added.Add(component.Name, component);
        served.Add(component.Name, Engine.Add(component));
    }

    public bool TryFind(ReadOnlySpan<char> name, out Component? component) =>
        Volatile.Read(ref served).GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out component);

    /// <summary>Opens the password files, restores the stored state, and starts the background loops.</summary>
    /// <param name="warnOfPasswords">Takes warnings for people, of a password file that cannot be used.</param>
    /// <param name="warnOfStore">Takes those of the store.</param>
    /// <exception cref="StateStoreException">The store cannot be used.</exception>
    public void Start(Action<string> warnOfPasswords, Action<string> warnOfStore)
    {
        isStarted = true;
        warn = warnOfPasswords;
        OpenPasswordFiles(added.Values);
        Engine.Start(warnOfStore);
    }

    /// <summary>Serves other components instead. An unchanged component keeps its state; a changed one serves its last definite state
    /// until it has been evaluated again. Every request meanwhile is answered. Before the start, takes the components to start with.</summary>
    /// <param name="components">All that are served from now on.</param>
    /// <param name="names">The names of tasks that have one of their own.</param>
    /// <exception cref="ArgumentException">One is described wrongly; nothing has changed then.</exception>
    public void Replace(IReadOnlyList<ComponentDescription> components, IReadOnlyDictionary<HealthTask, string> names)
    {
        Dictionary<string, ComponentDescription> taken = new(StringComparer.Ordinal);
        foreach (ComponentDescription component in components)
        {
            Check(component, taken, components);
            taken.Add(component.Name, component);
        }

        if (isStarted)
        {
            OpenPasswordFiles(components);
        }
        else
        {
            components.ToList().ForEach(component => added.Add(component.Name, component));
        }

        IReadOnlyList<Component> replaced = Engine.Replace(components, names);
        Volatile.Write(ref served, replaced.ToDictionary(component => component.Name, StringComparer.Ordinal));
        authenticators.CloseOthers([.. UserLists(components)]);
    }

    /// <summary>Whether a POST may do what it asks for.</summary>
    public ValueTask<LoginVerdict> JudgeLoginAsync(
        LoginRequest request,
        PostAction action,
        CancellationToken cancellationToken
    ) =>
        authenticators.Find(action.Auth!) is { } users
            ? gate.JudgeAsync(request, users, cancellationToken)
            : new(new LoginVerdict(LoginOutcome.Unavailable, User: null, "the component has just been removed"));

    /// <summary>What is wrong with the password file that guards a component's POST: such a POST is answered with 503, at once or in
    /// a few seconds. Null where nothing is.</summary>
    public string? PostProblem(Component component) =>
        component.OnPost?.Auth is { } users ? authenticators.Find(users)?.Problem : null;

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        authenticators.Dispose();
    }

    /// <summary>Checks a component as a whole, and what its arguments are.</summary>
    /// <param name="component">The component.</param>
    /// <param name="others">Those whose names it may not have.</param>
    /// <param name="targets">Those whose tasks its POST action may change as well.</param>
    /// <exception cref="ArgumentException">It is described wrongly.</exception>
    internal static void Check(
        ComponentDescription component,
        Dictionary<string, ComponentDescription> others,
        IEnumerable<ComponentDescription> targets
    )
    {
        CheckName(component.Name, others);
        CheckPostAction(component.OnPost, component.Task, target => targets.Any(other => IsWithin(target, other.Task)));
        if (component.ResponseDeadline is { } deadline)
        {
            ResponseDeadlineOption.Check(deadline);
        }

        if (ComponentRules.Faults(component, ComponentRules.InCode, isNamed: _ => false).FirstOrDefault() is { } fault)
        {
            throw new ArgumentException($"{fault.Problem}; accepted: {fault.Accepted}", fault.Argument);
        }
    }

    private static void CheckName(string name, Dictionary<string, ComponentDescription> others)
    {
        ComponentName.Check(name);
        if (others.ContainsKey(name))
        {
            throw new ArgumentException(
                $"name is \"{name}\", which another component has; accepted: a name of its own",
                nameof(name)
            );
        }
    }

    private static void CheckPostAction(PostAction? onPost, HealthTask task, Func<HealthTask, bool> isKnown)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (onPost is { Auth: null })
        {
            throw new ArgumentException(
                "onPost fires a Oneshot that has no auth; accepted: new Oneshot(auth: new HtpasswdFile(\"…\"))",
                nameof(onPost)
            );
        }

        if (onPost is not null && !IsWithin(onPost.Target, task) && !isKnown(onPost.Target))
        {
            throw new ArgumentException(
                $"onPost changes {onPost.Target}, which is not part of any component; accepted: a part of this task or of a component added before",
                nameof(onPost)
            );
        }
    }

    private void OpenPasswordFiles(IEnumerable<ComponentDescription> components)
    {
        foreach (Authentication users in UserLists(components))
        {
            authenticators.Open(users, warn);
        }
    }

    private static IEnumerable<Authentication> UserLists(IEnumerable<ComponentDescription> components) =>
        components.Select(component => component.OnPost?.Auth).OfType<Authentication>().Distinct();

    private static bool IsWithin(HealthTask sought, HealthTask task) =>
        ReferenceEquals(sought, task) || task.Children.Any(child => IsWithin(sought, child));
}
