using Xunit.Sdk;
using Xunit.v3;

// Compilers, servers and proxies as processes: several tests at a time would only take the processors from each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
