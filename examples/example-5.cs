#!/usr/bin/env dotnet
#:project ../src/Failover
// Starts in OK. Each request probes the mail server; FAIL after ten consecutive failures, and then until an authorised user
// POSTs a reset. Create the password file with: htpasswd -cB healthcheck_users alice
using Failover;
using static Failover.Units;

var server = new HealthCheckServer(port: 8080);
var mailCheck = new Toggle(
    initialState: Ok,
    toFail: new Hysteresis(
        task: new TcpCheck(host: "192.0.2.1", port: 25, timeout: Second(10)),
        initialState: Ok,
        okAfter: Count(1),
        failAfter: Count(10)
    ),
    toOk: new Oneshot(auth: new HtpasswdFile("healthcheck_users"))
);
server.AddComponent(name: "mail-u5", task: mailCheck, onPost: mailCheck.Reset);
server.RunForever();
