// Compilers, servers and proxies as processes: several tests at a time would only take the processors from each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
