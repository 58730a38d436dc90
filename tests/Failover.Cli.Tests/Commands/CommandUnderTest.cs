namespace Failover;

/// <summary>Commands run in this process, with a folder of their own and what they write captured.</summary>
internal sealed class CommandUnderTest : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-command-");
    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly StringWriter error = new() { NewLine = "\n" };
    private readonly TextWriter outputOfAll;
    private readonly TextWriter errorOfAll;

    public CommandUnderTest()
    {
        outputOfAll = TextWriter.Synchronized(output);
        errorOfAll = TextWriter.Synchronized(error);
    }

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal) { ["USER"] = "alice" };

    public string Input { get; set; } = "";

    public string? TypedPassword { get; set; }

    public string? Question { get; private set; }

    public bool IsTerminal { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public DemoRhythm DemoRhythm { get; set; } = DemoRhythm.ForPeople;

    public string File => this["failover.yaml"];

    /// <summary>What was written, with paths from the folder on.</summary>
    public string Output => Short(output, outputOfAll);

    public string Error => Short(error, errorOfAll);

    public string this[string name] => Path.Combine(folder.FullName, name);

    public CommandUnderTest Write(string text, string name = "failover.yaml")
    {
        System.IO.File.WriteAllText(this[name], text);
        return this;
    }

    public Task<int> RunAsync(params string[] words) => RunAsync(TestContext.Current.CancellationToken, words);

    public Task<int> RunAsync(CancellationToken cancellationToken, params string[] words)
    {
        CommandContext context = new()
        {
            Output = outputOfAll,
            Error = errorOfAll,
            Input = new StringReader(Input),
            Environment = Environment.GetValueOrDefault,
            Time = Time,
            DemoRhythm = DemoRhythm,
            IsTerminal = IsTerminal,
            Height = () => 8,
            AskPassword = question =>
            {
                Question = question;
                return TypedPassword;
            },
            DefaultFiles = [File, this["etc.yaml"]],
            SystemRuntimeFolder = this["run"],
        };
        return CommandLine.RunAsync(words, context, cancellationToken);
    }

    public void Dispose() => folder.Delete(recursive: true);

    // A daemon writes while a test reads. A synchronized writer locks itself.
    private string Short(StringWriter writer, TextWriter synchronized)
    {
        lock (synchronized)
        {
            return writer.ToString().Replace($"{folder.FullName}/", "", StringComparison.Ordinal);
        }
    }
}
