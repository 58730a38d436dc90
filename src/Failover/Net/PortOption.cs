namespace Failover.Abstractions;

/// <summary>An option that is a TCP port.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">What happens where none is given, in words; null where the option is required.</param>
public sealed record PortOption(string Name, string Meaning, string? Default = null) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted =>
        $"a number from {Port.Lowest} to {Port.Highest}, or a tcp service that {Services.System.Path} lists";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>The given port, checked.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not from 1 to 65535, or a name that is not listed.</exception>
    public Port Check(Port given) =>
        given switch
        {
            { UnknownName: { } name } => throw RefuseName(name, Services.System),
            { Number: < Port.Lowest or > Port.Highest } => throw Refuse(given),
            _ => given,
        };

    /// <summary>The given port, checked; null where none is given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not from 1 to 65535, or a name that is not listed.</exception>
    // A bare null would be taken for the text null, which converts to a port.
    public Port? CheckIfGiven(Port? given) => given is { } port ? Check(port) : default(Port?);

    internal override Parsed Parse(string text) =>
        (Port)text switch
        {
            { UnknownName: { } name } when name.Any(char.IsLetter) => Parsed.Refused(
                Services.System.Searched(),
                Spelling.Nearest(name, Services.System.Names)
            ),
            { UnknownName: not null } or { Number: < Port.Lowest or > Port.Highest } => Parsed.Refused(),
            var port => new(port),
        };

    internal override string Text(object value) => ((Port)value).ToString();

    internal ArgumentException RefuseName(string name, Services services)
    {
        string searched = name.Any(char.IsLetter) ? $" ({services.Searched()})" : "";
        string meant = Spelling.Nearest(name, services.Names) is { } nearest
            ? $"; did you mean {Printable.Quoted(nearest)}?"
            : "";
        return new ArgumentOutOfRangeException(
            Name,
            Printable.Quoted(name),
            $"{Name} is {Printable.Quoted(name)}{searched}; accepted: {Accepted}{meant}"
        );
    }
}
