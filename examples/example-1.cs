#!/usr/bin/env dotnet
#:project ../src/Failover
// On demand: a request probes whether the mail server accepts a connection within 10 seconds: OK if it does, FAIL if not.
using Failover;
using static Failover.Units;

var server = new HealthCheckServer(port: 8080);
server.AddComponent(name: "example-1", task: new TcpCheck(host: "192.0.2.1", port: 25, timeout: Second(10)));
server.RunForever();
