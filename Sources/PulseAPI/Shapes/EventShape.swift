package import PulseDomain

/// An event as Server-Sent Events carry it: its name and its data.
package struct EventShape: Sendable, Hashable {
    /// `job`, `quota`, `breaker`, `alerts`, `throughput`, `log`, `engine`, `engines`, `gap`.
    package let name: String
    /// One line of JSON.
    package let data: [UInt8]

    package init(_ event: OperationsEvent) {
        switch event {
        case .job(let status): (name, data) = ("job", status.json)
        case .quota(let status): (name, data) = ("quota", status.json)
        case .breaker(let status): (name, data) = ("breaker", status.json)
        case .alerts(let alerts): (name, data) = ("alerts", alerts.json)
        case .throughput(let sample): (name, data) = ("throughput", sample.json)
        case .log(let line): (name, data) = ("log", line.json)
        case .engine(let status): (name, data) = ("engine", status.json)
        case .engines(let engines): (name, data) = ("engines", engines.json)
        case .gap: (name, data) = ("gap", Array("{}".utf8))
        }
    }

    /// `nil` for names that this version does not know, and for `hello` and `presence`, which are of the stream itself.
    package static func read(_ name: String, _ data: [UInt8]) throws(WireError) -> OperationsEvent? {
        switch name {
        case "job": .job(try JobStatus(json: data))
        case "quota": .quota(try QuotaStatus(json: data))
        case "breaker": .breaker(try BreakerStatus(json: data))
        case "alerts": .alerts(try [Alert](json: data))
        case "throughput": .throughput(try ThroughputSample(json: data))
        case "log": .log(try LogLine(json: data))
        case "engine": .engine(try EngineStatus(json: data))
        case "engines": .engines(try [EngineMember](json: data))
        case "gap": .gap
        default: nil
        }
    }
}

/// What an event stream begins with.
package struct EventHello: WireObject, Hashable {
    package var version: String
    /// How long without a word until the stream may be called broken.
    package var heartbeat: Duration

    package init(version: String, heartbeat: Duration = .seconds(15)) {
        self.version = version
        self.heartbeat = heartbeat
    }

    package static let about = "What an event stream begins with."
    package static let example = EventHello(version: "1.0")

    package static func map(_ f: inout Fields<EventHello>) throws(WireError) -> EventHello {
        EventHello(version: try f("version", { $0.version }), heartbeat: try f("heartbeat_seconds", { $0.heartbeat }))
    }
}
