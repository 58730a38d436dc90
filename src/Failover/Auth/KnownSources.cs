namespace Failover;

/// <summary>The sources that have logged in, up to <see cref="Most"/> of them: the ones that did so last. They queue first.</summary>
internal sealed class KnownSources
{
    /// <summary>So many are remembered; one more takes the place of the one whose last log-in is the oldest.</summary>
    public const int Most = 1000;

    private readonly Lock gate = new();
    private readonly Dictionary<LoginSource, LinkedListNode<LoginSource>> places = [];
    private readonly LinkedList<LoginSource> oldestFirst = [];

    public bool Contains(LoginSource source)
    {
        lock (gate)
        {
            return places.ContainsKey(source);
        }
    }

    /// <summary>The source has logged in just now.</summary>
    public void Remember(LoginSource source)
    {
        lock (gate)
        {
            if (places.TryGetValue(source, out LinkedListNode<LoginSource>? place))
            {
                oldestFirst.Remove(place);
                oldestFirst.AddLast(place);
                return;
            }

            if (places.Count >= Most)
            {
                places.Remove(oldestFirst.First!.Value);
                oldestFirst.RemoveFirst();
            }

            places.Add(source, oldestFirst.AddLast(source));
        }
    }
}
