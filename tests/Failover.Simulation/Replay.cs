using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Failover.Simulation;

/// <summary>Plays a trace again: its configuration and its steps; what came of them is told anew.</summary>
internal static partial class Replay
{
    /// <summary>The trace as it comes out now. Lines that begin with <c>#</c> are kept.</summary>
    public static string Of(string trace)
    {
        string[] lines = trace.Split('\n');
        string comments = string.Concat(lines.TakeWhile(line => line.StartsWith('#')).Select(line => line + "\n"));
        return comments + Trace.Of(Read(trace));
    }

    /// <summary>The history that a trace tells.</summary>
    public static History Read(string trace)
    {
        Queue<string> lines = new(trace.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#')));
        Configuration start = ReadConfiguration(lines, indent: "");
        List<SimulationEvent> steps = [];
        while (lines.TryDequeue(out string? line))
        {
            if (
                StepLine().Match(line) is { Success: true } match
                && match.Groups["step"].Value is not "all faults stop" and var text
            )
            {
                steps.Add(
                    text switch
                    {
                        "reload" => new Reload(ReadConfiguration(lines, indent: "  ")),
                        "rejected reload" => new RejectedReload(ReadConfiguration(lines, indent: "  ")),
                        _ => ReadStep(text),
                    }
                );
            }
        }

        return new(0, start, steps);
    }

    private static Configuration ReadConfiguration(Queue<string> lines, string indent)
    {
        ImmutableSortedDictionary<string, Tree> tasks = ImmutableSortedDictionary<string, Tree>.Empty;
        List<ComponentTree> components = [];
        while (lines.TryPeek(out string? line) && ConfigurationLine().Match(line) is { Success: true } match)
        {
            if (match.Groups["indent"].Value != indent)
            {
                break;
            }

            lines.Dequeue();
            TreeReader reader = new(match.Groups["rest"].Value);
            Tree tree = reader.Read();
            string name = match.Groups["name"].Value;
            if (name.StartsWith('/'))
            {
                components.Add(
                    new(name[1..], tree, reader.After("on_post="), Tenths(reader.After("deadline=")))
                    {
                        OnError = reader.After("on_error=") is { } handling
                            ? (handling == "fail" ? 0 : Tenths(handling))
                            : null,
                        HasGuard = reader.After("guard=") is not null,
                    }
                );
            }
            else
            {
                tasks = tasks.Add(name, tree);
            }
        }

        return new(tasks, [.. components]);
    }

    private static SimulationEvent ReadStep(string text)
    {
        string[] words = text.Replace(",", "", StringComparison.Ordinal).Split(' ');
        return words switch
        {
            ["poll", var component] => new Poll(Number(component)),
            ["release"] => new Release(),
            ["post", var component, .. var rest] => new Post(Number(component)) { Seen = SeenIn(rest) },
            ["override", var component, var kind, "for", var time, .. var rest] => new SetOverride(
                Number(component),
                Enum.Parse<OverrideKind>(kind, ignoreCase: true),
                Milliseconds(time)
            )
            {
                MayHideLatch = rest is ["may", "reset", ..],
                Seen = SeenIn(rest),
            },
            ["clear", var component, .. var rest] => new ClearOverride(Number(component)) { Seen = SeenIn(rest) },
            ["forget", var component, .. var rest] => new ForgetLatches(Number(component)) { Seen = SeenIn(rest) },
            ["beat", var name, var state] => new Beat(name, Enum.Parse<HealthState>(state, ignoreCase: true)),
            ["target", var name, var behaviour] => new Target(name, Enum.Parse<Behaviour>(behaviour, ignoreCase: true)),
            ["advance", var time] => new Pass(Milliseconds(time)),
            ["pause", var time] => new Freeze(Milliseconds(time)),
            ["clock", var hours] => new SetClock(Number(hours.TrimEnd('h'))),
            ["store", "next"] => new Next(),
            ["store", "lost"] => new LoseFile(),
            ["store", var disk] => new SetDisk(Enum.Parse<Disk>(disk, ignoreCase: true)),
            ["crash", "after", var outputs, "outputs", "down", var time, .. var rest] => new Crash(
                Number(outputs),
                Milliseconds(time),
                rest switch
                {
                    [] => Remains.Acknowledged,
                    ["file", ..] => Remains.Corrupt,
                    _ => Remains.InFlight,
                }
            ),
            _ => throw new FormatException($"no such step: {text}"),
        };
    }

    private static Seen SeenIn(string[] words) =>
        words is [.., "as", "seen", var when] ? Enum.Parse<Seen>(when, ignoreCase: true) : Seen.Whatever;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int Milliseconds(string text) =>
        (int)Math.Round(double.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture) * 1000);

    private static int? Tenths(string? text) => text is null ? null : Milliseconds(text) / 100;

    [GeneratedRegex("^ *[0-9]+\\.[0-9]+  (?<step>.*)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex StepLine();

    [GeneratedRegex(
        "^(?<indent> *)(?<name>/?[a-z0-9]+) = (?<rest>.*)$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex ConfigurationLine();

    /// <summary>Reads a task as <see cref="Tree"/> writes it.</summary>
    private sealed class TreeReader(string text)
    {
        private int at;

        public Tree Read()
        {
            string kind = Word();
            Expect("(");
            Tree tree = kind switch
            {
                "check" => new CheckTree(Word(), Then(Duration)),
                "heartbeat" => new HeartbeatTree(Word(), Then(Duration), Then(Duration)),
                "hysteresis" => new HysteresisTree(
                    Read(),
                    BeginsInFail: false,
                    Then(() => Limit("ok_after=")),
                    Then(() => Limit("fail_after=")),
                    Maybe("error_after=", () => Limit(""))
                ),
                "background" => new BackgroundTree(Read(), Then(Duration), null),
                "all" or "any" => Logic(kind, 0),
                "at_least" => Logic(kind, Number(Word())),
                "not" => new NotTree(Read()),
                "within" => new WithinTree(Read(), Then(() => Limit("fails=")).Count, Then(() => Limit("of="))),
                "flapping" => new FlappingTree(
                    Read(),
                    Then(() => Limit("high=")).Count,
                    Then(() => Limit("low=")).Count
                ),
                "depends" => new DependsTree(Read(), Then(Read)),
                "deadline" => new DeadlineTree(Read(), Then(Duration)),
                "cache" => new CacheTree(Read(), Then(Duration)),
                "toggle" => new ToggleTree(Read(), Then(Read), BeginsInFail: false),
                "oneshot" => new OneshotTree(Word(), text[at] == ',' ? Then(Duration) : null),
                "ref" => new RefTree(Word()),
                _ => throw new FormatException($"no such task: {kind} in {text}"),
            };
            string? initial = Next(", initial=") ? Then(Initial) : null;
            (int? fast, int? down, int? jitter) = (
                Maybe("fast=", Duration),
                Maybe("down=", Duration),
                Maybe("jitter=", Duration)
            );
            Expect(")");
            if (tree is BackgroundTree loop)
            {
                tree = loop with { Fast = fast, Down = down, Jitter = jitter };
            }

            return (tree, initial) switch
            {
                (HysteresisTree one, "first") => one with { BeginsInFirst = true },
                (BackgroundTree one, "first") => one with { BeginsInFirst = true },
                (HeartbeatTree one, "fail") => one with { BeginsInFail = true },
                (HysteresisTree one, "fail") => one with { BeginsInFail = true },
                (ToggleTree one, "fail") => one with { BeginsInFail = true },
                (BackgroundTree one, not null) => one with { BeginsInFail = initial == "fail" },
                _ => tree,
            };
        }

        public string? After(string key)
        {
            int start = text.IndexOf(key, at, StringComparison.Ordinal);
            return start < 0 ? null : text[(start + key.Length)..].Split(' ')[0];
        }

        private string Initial()
        {
            Expect("initial=");
            return Word();
        }

        private Limit Limit(string key)
        {
            Expect(key);
            string word = Word();
            return word.EndsWith('s') ? new(0, Milliseconds(word) / 100) : new(Number(word), 0);
        }

        private int Duration() => Milliseconds(Word()) / 100;

        private T Then<T>(Func<T> read)
        {
            Expect(", ");
            return read();
        }

        private LogicTree Logic(string kind, int count)
        {
            List<string> names = [];
            List<Tree> tasks = [];
            int? percent = Maybe("percent=", () => Number(Word()));
            int[] weights = Maybe("weights=", () => (Given: Word(), HasAny: true)) is { } given
                ? [.. given.Given.Split('_').Select(Number)]
                : [];
            bool isFirst = count == 0;
            while (isFirst || Next(", "))
            {
                if (!isFirst)
                {
                    Expect(", ");
                }

                isFirst = false;
                int start = at;
                string name = Word();
                if (Next(": "))
                {
                    Expect(": ");
                    names.Add(name);
                }
                else
                {
                    at = start;
                }

                tasks.Add(Read());
            }

            return new(kind, count, [.. names], [.. tasks]) { Percent = percent, Weights = [.. weights] };
        }

        private bool Next(string expected) => string.CompareOrdinal(text, at, expected, 0, expected.Length) == 0;

        private T? Maybe<T>(string key, Func<T> read)
            where T : struct
        {
            if (!Next(", " + key))
            {
                return null;
            }

            at += key.Length + 2;
            return read();
        }

        private string Word()
        {
            int start = at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '.' or '_'))
            {
                at++;
            }

            return text[start..at];
        }

        private void Expect(string expected)
        {
            if (string.CompareOrdinal(text, at, expected, 0, expected.Length) != 0)
            {
                throw new FormatException($"expected {expected} at {at} of {text}");
            }

            at += expected.Length;
        }
    }
}
