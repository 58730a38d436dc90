using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>Filters and alerts rest on the ids of the log: each is told in the guide, and no two are the same.</summary>
public sealed class LogEventDocumentationTests
{
    [Fact]
    public void Every_event_of_the_log_is_in_the_guide_with_its_id()
    {
        string guide = Repository.Read("docs/guide/operations.md");

        LogEvents.All.ShouldAllBe(id => guide.Contains($"| {id.Id} | `{id.Name}` |", StringComparison.Ordinal));
    }

    [Fact]
    public void No_two_events_share_an_id_and_none_is_left_out()
    {
        LogEvents.All.Select(id => id.Id).ShouldBeUnique();
        LogEvents
            .All.Select(id => id.Name)
            .ShouldBe(
                typeof(LogEvents)
                    .GetFields(BindingFlags.Public | BindingFlags.Static)
                    .Where(field => field.FieldType == typeof(EventId))
                    .Select(field => field.Name),
                ignoreOrder: true
            );
    }
}
