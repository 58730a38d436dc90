namespace Failover;

/// <summary>What a description comes to, made once and kept beside it. Equal to any other: it says no more than the description.</summary>
internal sealed class Prepared<T> : IEquatable<Prepared<T>>
    where T : class
{
    private T? made;

    /// <summary>It, made now where it has not been.</summary>
    /// <param name="description">Of what.</param>
    /// <param name="make">Makes it. Called twice at a time, it gives the same.</param>
    public T Of<TDescription>(TDescription description, Func<TDescription, T> make)
    {
        T? known = Volatile.Read(ref made);
        if (known is null)
        {
            known = make(description);
            Volatile.Write(ref made, known);
        }

        return known;
    }

    public bool Equals(Prepared<T>? other) => other is not null;

    public override bool Equals(object? obj) => obj is Prepared<T>;

    public override int GetHashCode() => 0;
}
