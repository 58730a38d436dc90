namespace Failover;

/// <summary>Logic, deliberately simple: it puts ok and fail in the place of each unknown state, in every combination; the result is
/// known where all of them come to the same.</summary>
/// <param name="isOk">Whether the result is ok where these are.</param>
internal sealed class SimpleLogic(Func<IReadOnlyList<bool>, bool> isOk)
{
    public HealthState Judge(IReadOnlyList<HealthState> states)
    {
        int[] unknown = [.. states.Index().Where(one => one.Item == Error).Select(one => one.Index)];
        HashSet<bool> results = [];
        for (int choice = 0; choice < 1 << unknown.Length; choice++)
        {
            bool[] known = [.. states.Select(state => state == Ok)];
            for (int i = 0; i < unknown.Length; i++)
            {
                known[unknown[i]] = (choice >> i & 1) != 0;
            }

            results.Add(isOk(known));
        }

        return results.Count > 1 ? Error
            : results.Single() ? Ok
            : Fail;
    }
}
