using System.Globalization;

namespace Failover;

/// <summary>A TCP port, given as a number or as a service name: <c>port: 25</c>, <c>port: "smtp"</c>.</summary>
/// <remarks>A name is looked up at once in the system's services file, <c>/etc/services</c>, as a number is looked at:
/// whoever takes a port says what is wrong with it, as it knows the argument's name.</remarks>
public readonly record struct Port
{
    /// <summary>The lowest number: 0 means "any" to a socket and is no port to connect to.</summary>
    public const int Lowest = 1;

    /// <summary>The highest number: a port has 16 bits (RFC 9293, 3.1).</summary>
    public const int Highest = 65535;

    private Port(int number, string? unknownName = null)
    {
        Number = number;
        UnknownName = unknownName;
    }

    /// <summary>The number; outside 1 to 65535 where a wrong one was given, 0 where an unknown name was.</summary>
    public int Number { get; }

    /// <summary>What was given where it is no number and the services file does not list it.</summary>
    internal string? UnknownName { get; }

    /// <summary>The port of that number.</summary>
    public static implicit operator Port(int number) => new(number);

    /// <summary>The port of that number or service name.</summary>
    public static implicit operator Port(string? given)
    {
        if (int.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return new(number);
        }

        return given is { Length: > 0 } && Services.System.Find(given) is { } listed
            ? new(listed)
            : new(0, given ?? "");
    }

    /// <summary>The number, or the name that is unknown.</summary>
    public override string ToString() => UnknownName ?? Number.ToString(CultureInfo.InvariantCulture);
}
