using System.Collections.Immutable;

namespace Failover;

/// <summary>The components that one server or application serves, by name, with the engine that runs them and the password files
/// that guard their POSTs.</summary>
internal sealed partial class HealthService : IAsyncDisposable
{
    private readonly TimeProvider time;
    private readonly bool isDurable;
    private readonly Authenticators authenticators;
    private readonly LoginGate gate;
    private readonly Lazy<Liveness> liveness;

    // Filled before the start; afterwards another one takes its place, for it is read without a lock.
    private Dictionary<string, Component> served = new(StringComparer.Ordinal);
    private Dictionary<string, HeartbeatAccess> heartbeats = new(StringComparer.Ordinal);
    private AddedComponents added = new();
    private ManagementAccess access = ManagementAccess.Open;
    private IReadOnlyDictionary<HealthTask, string> names = Graph.NoNames;
    private TrustedProxySet trustedProxies = TrustedProxySet.None;
    private ProbeLimits probeLimits = new();
    private Action<string> warn = _ => { };
    private MaintenanceSchedule? schedule;
    private CancellationTokenSource waits = new();
    private volatile bool isDraining;
    private volatile bool hasBeenReady;
    private bool isStarted;

    /// <summary>Serves nothing yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="store">Where what outlives the process is kept; left out, nowhere.</param>
    /// <param name="stateMaxAge">As for <see cref="HealthEngine"/>.</param>
    /// <param name="history">As for <see cref="HealthEngine"/>.</param>
    public HealthService(
        TimeProvider time,
        IStateStore? store = null,
        TimeSpan? stateMaxAge = null,
        EngineHistory? history = null
    )
    {
        this.time = time;
        isDurable = store is { IsDurable: true };
        authenticators = new(time);
        gate = new(new LoginLimiter(time));
        Sessions = new(time);
        Refused = new(this);
        Engine = new(time, store, stateMaxAge, history);
        outbox = new(() => new(Engine, IsWellAsync, line => warnOfNotifications(line), time));
        liveness = new(() => new(Engine, OperatingSystem.IsLinux() ? EventLoops.OfProcess?.All : null));
    }

    public HealthEngine Engine { get; }

    public TimeProvider Time => time;

    public IReadOnlyCollection<Component> Components => Engine.Components;

    /// <summary>How many polls were answered how.</summary>
    public PollCounts Polls { get; } = new();

    /// <summary>How many log-ins ended how.</summary>
    public LoginCounts Logins { get; } = new();

    /// <summary>Whose word about where a request came from is taken; another list may take its place at any time.</summary>
    public TrustedProxySet TrustedProxies
    {
        get => Volatile.Read(ref trustedProxies);
        set => Volatile.Write(ref trustedProxies, value);
    }

    /// <summary>Who may use the management API: the password files that it names are open from the start, or the next
    /// <see cref="Replace"/>, on.</summary>
    public ManagementAccess Access
    {
        get => Volatile.Read(ref access);
        set => Volatile.Write(ref access, value);
    }

    /// <summary>Who has logged in to view.</summary>
    public ManagementSessions Sessions { get; }

    /// <summary>What was asked for in vain where components are served.</summary>
    public RefusedRequests Refused { get; }

    /// <summary>Whether the process does its work.</summary>
    public Liveness Liveness => liveness.Value;

    /// <summary>Whether pollers get what has been judged: from the first result of every background loop on, until this drains. What a
    /// reload adds begins in its initial state, and does not end it.</summary>
    public bool IsReady
    {
        get
        {
            if (isDraining)
            {
                return false;
            }

            return hasBeenReady || (hasBeenReady = Engine.HasJudgedAll());
        }
    }

    /// <summary>Cancelled when components are replaced, and when this drains: whoever waits for a change answers then.</summary>
    public CancellationToken WaitsEnd => Volatile.Read(ref waits).Token;

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

    /// <summary>The scheduled maintenance; another list may take its place at any time, of components that are served before long.</summary>
    public ImmutableArray<Maintenance> Maintenance
    {
        get => schedule?.All ?? [];
        set
        {
            if (schedule is not null || !value.IsEmpty)
            {
                schedule ??= new(time, Engine.Maintain);
                schedule.All = value;
            }
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

        added.Add(component);
        served.Add(component.Name, Engine.Add(component));
    }

    /// <summary>Takes a maintenance, to be watched for once this is started.</summary>
    /// <exception cref="ArgumentException">Its name is taken, or one of its components was not added before.</exception>
    public void AddMaintenance(Maintenance maintenance)
    {
        if (isStarted)
        {
            throw new InvalidOperationException("maintenance is added before the server starts");
        }

        added.AddMaintenance(maintenance);
    }

    /// <summary>Takes all components at once, to be served once this is started.</summary>
    /// <param name="components">Which belong to this from now on.</param>
    public void AddAll(AddedComponents components)
    {
        added = components;
        foreach (ComponentDescription component in components.All)
        {
            served.Add(component.Name, Engine.Add(component));
        }
    }

    public bool TryFind(ReadOnlySpan<char> name, out Component? component) =>
        Volatile.Read(ref served).GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out component);

    /// <summary>Finds how to report to a heartbeat of that name.</summary>
    public HeartbeatAccess? FindHeartbeat(ReadOnlySpan<char> name) =>
        Volatile
            .Read(ref heartbeats)
            .GetAlternateLookup<ReadOnlySpan<char>>()
            .TryGetValue(name, out HeartbeatAccess? access)
            ? access
            : null;

    /// <summary>Opens the password files, restores the stored state, and starts the background loops.</summary>
    /// <param name="warnOfPasswords">Takes warnings for people, of a password file that cannot be used.</param>
    /// <param name="warnOfStore">Takes those of the store.</param>
    /// <param name="warnOfNotifications">Takes those of receivers of notifications; left out, as those of the store.</param>
    /// <exception cref="StateStoreException">The store cannot be used.</exception>
    public void Start(
        Action<string> warnOfPasswords,
        Action<string> warnOfStore,
        Action<string>? warnOfNotifications = null
    )
    {
        isStarted = true;
        warn = warnOfPasswords;
        this.warnOfNotifications = warnOfNotifications ?? warnOfStore;
        ComponentDescription[] components = [.. Components.Select(component => component.Description)];
        OpenPasswordFiles(components);
        ServeHeartbeats(components);
        if (added.Maintenance.Count > 0)
        {
            Maintenance = [.. added.Maintenance];
        }

        PrepareNotifications();
        Engine.Start(line =>
        {
            warnOfStore(line);
            // Not on the thread of the store, which goes on.
            ThreadPool.UnsafeQueueUserWorkItem(static service => service.ReportStore(), this, preferLocal: false);
        });
        StartNotifications();
    }

    /// <summary>Serves other components instead. An unchanged component keeps its state; a changed one serves its last definite state
    /// until it has been evaluated again. Every request meanwhile is answered. Before the start, takes the components to start with.</summary>
    /// <param name="components">All that are served from now on.</param>
    /// <param name="taskNames">The names of tasks that have one of their own.</param>
    /// <exception cref="ArgumentException">One is described wrongly; nothing has changed then.</exception>
    public void Replace(
        IReadOnlyList<ComponentDescription> components,
        IReadOnlyDictionary<HealthTask, string> taskNames
    )
    {
        Dictionary<string, ComponentDescription> taken = new(components.Count, StringComparer.Ordinal);
        foreach (ComponentDescription component in components)
        {
            ComponentChecks.Check(component, taken, components);
            taken.Add(component.Name, component);
        }

        ComponentChecks.CheckHeartbeats(components, taskNames, nameof(components));
        if (isStarted)
        {
            OpenPasswordFiles(components);
        }

        names = taskNames;
        IReadOnlyList<Component> replaced = Engine.Replace(components, names);
        Volatile.Write(ref served, replaced.ToDictionary(component => component.Name, StringComparer.Ordinal));
        if (isStarted)
        {
            ServeHeartbeats(components);
            EndWaits();
        }

        authenticators.CloseOthers([.. UserLists(components)]);
    }

    /// <summary>Whether a POST may do what it asks for.</summary>
    public ValueTask<LoginVerdict> JudgeLoginAsync(
        LoginRequest request,
        PostAction action,
        CancellationToken cancellationToken
    ) => JudgeLoginAsync(request, action.Auth, token: null, cancellationToken);

    /// <summary>Whether a POST may do what these people may.</summary>
    public ValueTask<LoginVerdict> JudgeLoginAsync(
        LoginRequest request,
        Authentication users,
        CancellationToken cancellationToken
    ) => JudgeLoginAsync(request, users, token: null, cancellationToken);

    /// <summary>The guard of that name; null where there is none.</summary>
    public Guard? FindGuard(string name) =>
        Components.Select(component => component.Description.Guard).FirstOrDefault(guard => guard?.Name == name);

    /// <summary>Whether a POST may report to the heartbeat of that name.</summary>
    public ValueTask<LoginVerdict> JudgeLoginAsync(
        LoginRequest request,
        string name,
        HeartbeatAccess access,
        CancellationToken cancellationToken
    ) =>
        JudgeLoginAsync(
            request,
            access.Auth,
            access.Token is { } secret ? new BearerToken(name, secret) : null,
            cancellationToken
        );

    /// <summary>Whether a request may do what needs a role.</summary>
    public ValueTask<LoginVerdict> JudgeRoleAsync(
        LoginRequest request,
        ManagementAccess terms,
        ManagementRole role,
        CancellationToken cancellationToken
    ) =>
        Logins.CountAsync(
            request,
            gate.JudgeAsync(request, terms, role, authenticators.Find, Sessions, cancellationToken)
        );

    /// <summary>Whether a request has the password of a user with a role.</summary>
    public ValueTask<LoginVerdict> JudgePasswordAsync(
        LoginRequest request,
        ManagementAccess terms,
        ManagementRole role,
        CancellationToken cancellationToken
    ) =>
        Logins.CountAsync(
            request,
            gate.JudgePasswordAsync(request, terms, role, authenticators.Find, cancellationToken)
        );

    /// <summary>The hash of a user in an open password file; null where there is none.</summary>
    public string? EntryOf(HtpasswdFile file, string user) => authenticators.Find(file)?.EntryOf(user);

    private ValueTask<LoginVerdict> JudgeLoginAsync(
        LoginRequest request,
        Authentication? users,
        BearerToken? token,
        CancellationToken cancellationToken
    )
    {
        PasswordFile? file = users is null ? null : authenticators.Find(users);
        return users is not null && file is null
            ? new(new LoginVerdict(LoginOutcome.Unavailable, User: null, "the component has just been removed"))
            : Logins.CountAsync(request, gate.JudgeAsync(request, file, token, cancellationToken));
    }

    /// <summary>Reports a POST that changed nothing, and notes it in the audit. Those who are turned away unheard are in the log only: their
    /// number is for strangers to choose.</summary>
    /// <param name="audit">Who sent it, with the words of the gate.</param>
    /// <param name="outcome">What the gate says.</param>
    /// <param name="answer">What was answered to one that it let pass.</param>
    public void Note(PostAudit audit, LoginOutcome outcome, string answer)
    {
        PostAudit noted = outcome == LoginOutcome.Passed ? audit with { Outcome = answer } : audit;
        if (outcome is LoginOutcome.TooMany or LoginOutcome.CrossSite || audit.User is null)
        {
            Engine.Publish(noted);
        }
        else
        {
            Engine.Note(noted);
        }
    }

    /// <summary>What is wrong with a password file that guards a component's POST or that to a heartbeat in it: such a POST is answered with
    /// 503, at once or in a few seconds. Null where nothing is.</summary>
    public string? PostProblem(Component component) =>
        component
            .Description.Users.Select(users => authenticators.Find(users)?.Problem)
            .FirstOrDefault(one => one is not null);

    /// <summary>The process is about to stop listening: it is not ready any longer, and nobody waits.</summary>
    public void Drain()
    {
        isDraining = true;
        EndWaits();
    }

    public async ValueTask DisposeAsync()
    {
        Drain();
        schedule?.Dispose();
        await EndNotificationsAsync();
        await Engine.DisposeAsync();
        authenticators.Dispose();
    }

    // Not on this thread: each of those who wait has an answer to write.
    private void EndWaits() =>
        _ = (isDraining ? Volatile.Read(ref waits) : Interlocked.Exchange(ref waits, new())).CancelAsync();

    private void ServeHeartbeats(IEnumerable<ComponentDescription> components) =>
        Volatile.Write(
            ref heartbeats,
            HeartbeatNames
                .In(components, names)
                .ToDictionary(one => one.Name, one => one.Task.HeartbeatAccess!, StringComparer.Ordinal)
        );

    private void OpenPasswordFiles(IEnumerable<ComponentDescription> components)
    {
        foreach (Authentication users in UserLists(components))
        {
            authenticators.Open(users, warn);
        }
    }

    private IEnumerable<Authentication> UserLists(IEnumerable<ComponentDescription> components) =>
        components.SelectMany(component => component.Users).Concat(Access.Files).Distinct();
}
