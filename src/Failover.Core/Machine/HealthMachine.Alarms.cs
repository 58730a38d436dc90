using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

// What people are notified of. An alarm stands for as long as something is wrong: what is compared is what is wrong now with what was reported last, so
// that a restart, a maintenance window or another list of routes loses none and repeats none. Nothing is decided by it.
internal sealed partial class HealthMachine
{
    // By subject, those of components by their names: their subjects would be made for each result.
    private readonly Dictionary<string, StoredAlarm> alarmOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredAlarm> otherAlarms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredAlarm?> alarmWrites = new(StringComparer.Ordinal);
    private readonly List<StoredDelivery> deliveries = [];
    private ImmutableArray<NotificationFilter> routes = [];
    private long lastDelivery;
    private long lastNotification;

    /// <summary>What is wrong and was reported, of all routes.</summary>
    public IEnumerable<StoredAlarm> Alarms => alarmOf.Values.Concat(otherAlarms.Values);

    /// <summary>What is wrong and was reported on one route, as it was reported there.</summary>
    public IEnumerable<Notification> AlarmsOf(string route) =>
        Alarms.SelectMany(alarm =>
            alarm.Routes.Where(one => one.Route == route).Select(one => alarm.Newest with { Since = one.Since })
        );

    /// <summary>Takes who is notified of what, all of them. A route that is new, or takes more than before, hears what is wrong now.</summary>
    public void Notify(ImmutableArray<NotificationFilter> filters, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        bool areFirst = routes.IsEmpty;
        routes = filters;
        if (filters.IsEmpty)
        {
            ForgetAlarms();
        }
        else if (IsStarted)
        {
            TellRoutesOfAlarms();
            foreach (GuardGroup guard in guards.Values.Where(guard => areFirst && guard.TrippedSince is not null))
            {
                TellOf(SubjectOf(guard), TroubleOf(guard));
            }

            foreach (ServedComponent component in components.Values)
            {
                MarkChanged(component);
            }
        }

        Settle();
    }

    /// <summary>Something beside the components is wrong, or is over.</summary>
    /// <param name="subject">What.</param>
    /// <param name="topic">What it is about.</param>
    /// <param name="severity">How urgent it is.</param>
    /// <param name="problem">Why, for people; null: nothing is wrong.</param>
    /// <param name="at">Now.</param>
    /// <param name="wallClock">The same by the wall clock.</param>
    public void Report(
        string subject,
        NotificationTopics topic,
        NotificationSeverity severity,
        string? problem,
        Instant at,
        DateTimeOffset wallClock
    )
    {
        Begin(at, wallClock);
        TellOf(subject, problem is null ? null : new(topic, severity, problem));
        Settle();
    }

    private void TellOf(string subject, Trouble? trouble) =>
        TellOf(otherAlarms, subject, subject, component: null, trouble, "is over");

    // What a component serves, whether it is published yet or not.
    private void TellOf(ServedComponent component, Snapshot served)
    {
        if (routes.IsEmpty || !served.IsKnown || !(IsBasedOnSomething(served) || served.IsDictated))
        {
            return;
        }

        Trouble? trouble = TroubleOf(served);
        // What is wrong during maintenance is reported once that is over.
        bool isNews = trouble is null ? alarmOf.ContainsKey(component.Name) : component.Windows.IsEmpty;
        if (isNews)
        {
            TellOf(alarmOf, component.Name, $"/{component.Name}", component.Name, trouble, served.Reason);
        }
    }

    private void TellOfRemoved(ServedComponent component) =>
        TellOf(alarmOf, component.Name, $"/{component.Name}", component.Name, null, "is not served any longer");

    private static Trouble? TroubleOf(Snapshot served)
    {
        NotificationTopics error = served.IsError ? NotificationTopics.Error : NotificationTopics.None;
        return served.State switch
        {
            HealthState.Fail => new(
                NotificationTopics.State
                    | error
                    | (served.IsLatched ? NotificationTopics.Latch : NotificationTopics.None),
                NotificationSeverity.Critical,
                served.Reason
            )
            {
                State = HealthState.Fail,
                IsLatched = served.IsLatched,
            },
            HealthState.Error => new(NotificationTopics.State | error, NotificationSeverity.Warning, served.Reason)
            {
                State = HealthState.Error,
            },
            _ when served.HandledError is { } why => new(error, NotificationSeverity.Warning, why)
            {
                State = HealthState.Ok,
            },
            _ when served.HasWarning => new(NotificationTopics.Warning, NotificationSeverity.Warning, served.Reason)
            {
                State = HealthState.Ok,
            },
            _ => null,
        };
    }

    private void TellOf(
        Dictionary<string, StoredAlarm> known,
        string key,
        string subject,
        string? component,
        Trouble? trouble,
        string over
    )
    {
        known.TryGetValue(key, out StoredAlarm? alarm);
        Notification? before = alarm?.Newest;
        if (routes.IsEmpty || (before is null && trouble is null) || trouble?.IsToldBy(before) == true)
        {
            return;
        }

        string id = NextNotification();
        Notification told = trouble is null
            ? before! with
            {
                Id = id,
                Status = NotificationStatus.Resolved,
                Reason = over,
                At = wall,
                State = component is null ? null : HealthState.Ok,
                Before = before.State,
                IsLatched = false,
            }
            : new(
                id,
                before?.Alarm ?? id,
                NotificationStatus.Firing,
                trouble.Topic,
                trouble.Severity,
                subject,
                trouble.Reason,
                wall
            )
            {
                Component = component,
                State = trouble.State,
                Before = before?.State,
                IsLatched = trouble.IsLatched,
                Since = before?.Since ?? wall,
            };
        List<AlarmedRoute> alarmed = [];
        foreach (NotificationFilter route in routes)
        {
            AlarmedRoute? was = alarm?.Routes.FirstOrDefault(one => one.Route == route.Route);
            if (trouble is not null && Takes(route, told))
            {
                // What was wrong before may have been none of its business.
                AlarmedRoute one = was ?? new(route.Route, wall);
                alarmed.Add(one);
                Deliver(route, told with { Since = one.Since });
            }
            else if (was is not null)
            {
                // Who was notified of it and does not take what it has become hears that it is over.
                Deliver(
                    route,
                    told with
                    {
                        // To others, it says that something is wrong.
                        Id = trouble is null ? id : NextNotification(),
                        Status = NotificationStatus.Resolved,
                        Topic = before!.Topic,
                        Severity = before.Severity,
                        Since = was.Since,
                    }
                );
            }
        }

        if (trouble is null)
        {
            known.Remove(key);
            alarmWrites[subject] = null;
        }
        else
        {
            Know(known, key, new(told) { Routes = [.. alarmed] });
        }
    }

    // Routes that are new hear what is wrong, and those that take it no longer, that it is over.
    private void TellRoutesOfAlarms()
    {
        foreach (StoredAlarm alarm in Alarms.ToArray())
        {
            List<AlarmedRoute> alarmed = [];
            foreach (NotificationFilter route in routes)
            {
                AlarmedRoute? was = alarm.Routes.FirstOrDefault(one => one.Route == route.Route);
                bool isTaken = Takes(route, alarm.Newest);
                if (isTaken)
                {
                    alarmed.Add(was ?? new(route.Route, alarm.Newest.Since));
                }

                if (isTaken && was is null)
                {
                    Deliver(route, alarm.Newest);
                }
                else if (!isTaken && was is not null)
                {
                    Deliver(
                        route,
                        alarm.Newest with
                        {
                            Id = NextNotification(),
                            Status = NotificationStatus.Resolved,
                            Since = was.Since,
                        }
                    );
                }
            }

            if (!alarm.Routes.SequenceEqual(alarmed))
            {
                Dictionary<string, StoredAlarm> known = alarm.Newest.Component is null ? otherAlarms : alarmOf;
                Know(known, alarm.Newest.Component ?? alarm.Subject, alarm with { Routes = [.. alarmed] });
            }
        }
    }

    private void Know(Dictionary<string, StoredAlarm> known, string key, StoredAlarm alarm)
    {
        known[key] = alarm;
        alarmWrites[alarm.Subject] = alarm;
    }

    private void Deliver(NotificationFilter route, Notification told) =>
        deliveries.Add(new(++lastDelivery, route.Route, told));

    // What nothing will say the end of. None during maintenance.
    private void TellPeople(string component, NotificationTopics topic, NotificationSeverity severity, string reason)
    {
        if (routes.IsEmpty || (components.TryGetValue(component, out ServedComponent? one) && !one.Windows.IsEmpty))
        {
            return;
        }

        Notification told = new(
            NextNotification(),
            Alarm: "",
            NotificationStatus.Event,
            topic,
            severity,
            $"/{component}",
            reason,
            wall
        )
        {
            Component = component,
        };
        foreach (NotificationFilter route in routes.Where(route => Takes(route, told)))
        {
            Deliver(route, told);
        }
    }

    private bool Takes(NotificationFilter route, Notification told) =>
        route.Takes(
            told.Topic,
            told.Severity,
            told.Component is { } component ? [component]
                : route.Components is null ? []
                : MembersOf(told.Subject)
        );

    private IEnumerable<string> MembersOf(string subject) =>
        guards.Values.FirstOrDefault(guard => SubjectOf(guard) == subject)?.Members.Select(member => member.Name) ?? [];

    private static Trouble TroubleOf(GuardGroup guard) =>
        new(
            NotificationTopics.Guard,
            guard.IsReleased ? NotificationSeverity.Warning : NotificationSeverity.Critical,
            FormattableString.Invariant(
                $"{guard.Failing.Count} of {guard.Members.Count} fail, more than {guard.MostFailing}: moves to fail are delayed{(guard.IsReleased ? " no longer" : "")}"
            )
        );

    private static string SubjectOf(GuardGroup guard) => $"guard {guard.Guard.Name}";

    // What stands beside the components begins anew with the process.
    private void ResumeAlarms(StoredState stored)
    {
        lastDelivery = stored.Deliveries.Select(one => one.Number).DefaultIfEmpty().Max();
        foreach (StoredAlarm alarm in stored.Alarms)
        {
            Dictionary<string, StoredAlarm> known = alarm.Newest.Component is null ? otherAlarms : alarmOf;
            known[alarm.Newest.Component ?? alarm.Subject] = alarm;
        }

        if (routes.IsEmpty)
        {
            ForgetAlarms();
            return;
        }

        foreach (string subject in otherAlarms.Keys.ToArray())
        {
            TellOf(otherAlarms, subject, subject, component: null, trouble: null, "the process was restarted");
        }

        foreach (string name in alarmOf.Keys.Where(name => !components.ContainsKey(name)).ToArray())
        {
            TellOf(alarmOf, name, $"/{name}", name, trouble: null, "is not served any longer");
        }

        TellRoutesOfAlarms();
    }

    // Not of the identities of latches and overrides: what is decided is the same, whoever is notified.
    private string NextNotification() =>
        string.Create(CultureInfo.InvariantCulture, $"{process}-n{++lastNotification:x}");

    private void ForgetAlarms()
    {
        foreach (StoredAlarm alarm in Alarms)
        {
            alarmWrites[alarm.Subject] = null;
        }

        alarmOf.Clear();
        otherAlarms.Clear();
    }

    /// <summary>What is wrong.</summary>
    /// <param name="Topic">What it is about.</param>
    /// <param name="Severity">How urgent it is.</param>
    /// <param name="Reason">Why, for people. Another reason alone is no news.</param>
    private sealed record Trouble(NotificationTopics Topic, NotificationSeverity Severity, string Reason)
    {
        public HealthState? State { get; init; }

        public bool IsLatched { get; init; }

        public bool IsToldBy(Notification? told) =>
            told is not null && told.Topic == Topic && told.Severity == Severity && told.State == State;
    }
}
