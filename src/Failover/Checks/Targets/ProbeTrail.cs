using System.Net;

namespace Failover;

/// <summary>The way of one probe to a target that was asked for: it leads nowhere but to what is allowed, and this has what its observation does
/// not say.</summary>
/// <param name="allowed">What is.</param>
internal sealed class ProbeTrail(AllowedTargets allowed)
{
    /// <summary>Why an address of the target is refused that its name leads to; null where none is, and of redirects, which are the target's
    /// doing.</summary>
    public string? Refusal { get; private set; }

    /// <summary>How long looking up names has taken.</summary>
    public TimeSpan Lookup { get; private set; }

    /// <summary>The address that was connected to; else the first that would be; null where none was found.</summary>
    public IPAddress? Address { get; private set; }

    /// <summary>The answer by HTTP that was judged; null: there was none.</summary>
    public HttpAnswer? Answer { get; private set; }

    /// <summary>Whether that is wrong, by its body or a header alone.</summary>
    public bool IsRightButForItsText { get; private set; }

    /// <summary>How many redirects were followed.</summary>
    public int Redirects { get; private set; }

    /// <summary>Whether the last request went by HTTPS; null where no redirect was followed.</summary>
    public bool? IsRedirectedToTls { get; private set; }

    /// <inheritdoc cref="AllowedTargets.RefusalOf(string, int?)"/>
    public string? RefusalOf(string host, int? port)
    {
        string? refusal = allowed.RefusalOf(host, port);
        Address = refusal is null ? HostOption.AddressOf(host) ?? Address : Address;
        return refusal;
    }

    /// <summary>Names as others find them, as far as all their addresses are allowed.</summary>
    /// <param name="names">Those that find them.</param>
    /// <param name="port">The port that will be connected to; null where there is none.</param>
    public INameResolver Over(INameResolver names, int? port) => new AllowedNames(this, names, port);

    /// <summary>A redirect is followed.</summary>
    public void Redirected(bool isTls) => (Redirects, IsRedirectedToTls) = (Redirects + 1, isTls);

    /// <summary>An answer is judged.</summary>
    public void Answered(HttpAnswer answer, bool isRightButForItsText) =>
        (Answer, IsRightButForItsText) = (answer, isRightButForItsText);

    // The addresses that are given back are those that were examined: nobody looks the name up again before the connect, and may find others
    // (DNS rebinding).
    private sealed class AllowedNames(ProbeTrail trail, INameResolver names, int? port) : INameResolver
    {
        public async ValueTask<Resolution> ResolveAsync(
            string host,
            IpFamily family,
            TimeProvider time,
            CancellationToken deadline
        )
        {
            long began = time.GetTimestamp();
            Resolution found = await names.ResolveAsync(host, family, time, deadline);
            trail.Lookup += time.GetElapsedTime(began);
            IPAddress[] addresses = Array.ConvertAll(found.Addresses, HostOption.Plain);
            foreach (IPAddress address in addresses)
            {
                if (trail.RefusalOf(address, port) is { } refusal)
                {
                    string cause = $"an address is refused: {refusal}";
                    trail.Refusal = trail.Redirects > 0 ? null : $"of {Printable.Quoted(host)} {cause}";
                    return Resolution.Failed(cause);
                }
            }

            trail.Address = Array.Find(addresses, address => family.Has(address)) ?? trail.Address;
            return found with { Addresses = addresses };
        }

        public void Reached(IPAddress address) => trail.Address = address;
    }

    private string? RefusalOf(IPAddress address, int? port) => allowed.RefusalOf(address, port);
}
