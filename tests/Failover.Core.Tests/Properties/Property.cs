using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>Properties of random stories; a story that breaks one is made as short as can be and printed.</summary>
internal static class Property
{
    public static void Holds<T>(Gen<T> stories, Func<T, IEnumerable<T>> shorter, Action<T> property, int tests = 500) =>
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(tests),
            Prop.ForAll(Arb.From(stories, shorter), property)
        );
}
