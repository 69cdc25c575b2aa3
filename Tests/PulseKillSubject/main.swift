import Glibc
import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP
import PulsePostgres
import PulseSandbox
import PulseStore

// Loads a small simulated world into a database, and ends with status 0 when everything is loaded. It is there to be
// killed, or to lose its database: `PulseKillSubject DATABASE`, the path of an SQLite file or how to connect to PostgreSQL.
guard CommandLine.arguments.count == 2 else {
    print("usage: PulseKillSubject DATABASE")
    exit(2)
}

var options = SandboxOptions.small
options.startsAt = Instant(CivilTime(year: 2026, month: 3, day: 2))
options.jira.issues = 150
options.jira.projects = 3
options.github.repositories = 4
options.github.pullRequests = 60
let sandbox = Sandbox(options, time: SystemClock(), faults: .none, quotas: .unlimited)
var configuration = Demo.configuration(for: options)
for index in configuration.sources.indices {
    configuration.sources[index].schedule = nil
    configuration.sources[index].census = nil
}
// Small batches: many commits, many moments to be killed between and within them.
configuration.engine.batchRecords = 20

let database = CommandLine.arguments[1]
let store: any Store =
    PostgresSettings.isConnectionString(database)
    ? try await PostgresStore.open(
        PostgresSettings(connection: database), tenant: "demo", options: .init(limits: .init(patience: .zero)))
    : try await SQLiteStore.open(.file(database), tenant: "demo")
var settings = EngineSettings()
// On a shared store the next process waits for the lease of the one that was killed; a short one is over when it comes.
settings.lease = .milliseconds(300)
let pulse = try await EmbeddedEngine.open(
    configuration, store: store, transport: sandbox,
    setting: .init(settings: settings, holder: "process \(getpid())"),
    token: Demo.token(for: options))
print("loading")
fflush(nil)
try await pulse.engine.run(untilIdle: true)
let jobs = try await pulse.engine.overview().jobs
await store.close()
exit(jobs.allSatisfy { $0.run?.state.name == .succeeded } ? 0 : 1)
