import PulseDomain

/// What somebody has to look at: what nobody has acknowledged, and what no alert speaks of.
struct Problems {
    /// Alerts that are more than notices and that nobody has acknowledged, the most urgent first.
    let unseen: [Alert]
    /// Jobs that failed, of which no alert speaks.
    let failed: Set<JobID>
    /// Engines that are silent and missed.
    let missed: [EngineMember]
    /// Those of them of which no alert speaks yet.
    let untold: [EngineMember]
    /// Whoever would not be told of an alert.
    let untoldTo: [ReceiverStatus]
    /// Runs that wait for an engine where none is: with one they would go on, or wait for something that passes.
    let deserted: Int

    /// - Parameter isRunning: whether the engine that was asked is at work, or was only opened to be asked.
    init(_ fleet: Fleet, _ times: TimeTexts, isRunning: Bool) {
        unseen = fleet.alerts.filter { $0.acknowledgedBy == nil && $0.severity != .notice }
        failed = fleet.failed.subtracting(fleet.alerts.compactMap(\.job))
        missed = fleet.missed(at: times.now)
        Self.noteSilence(fleet, times)
        untold = missed.filter { member in !fleet.alerts.contains { $0.id == Alert.silence(of: member.id) } }
        untoldTo = (fleet.engine?.receivers ?? []).filter { $0.failure != nil }
        deserted =
            isRunning
            ? 0 : fleet.jobs.values.count { $0.run.map { $0.state.name == .queued || $0.state.name.isHeld } ?? false }
    }

    var count: Int { unseen.count + failed.count + untold.count + untoldTo.count + (deserted > 0 ? 1 : 0) }
    var isCritical: Bool { !failed.isEmpty || unseen.contains { $0.severity == .critical } }

    /// The most pressing one as a sentence; `nil` where there is none that has one.
    func worst(_ times: TimeTexts) -> String? {
        if let alert = unseen.first, alert.severity == .critical || failed.isEmpty {
            return times.retold(alert.sentence)
        }
        return failed.min().map { "\($0) failed." }
    }

    /// Draws again when the next engine has been silent for too long, though nothing is heard.
    private static func noteSilence(_ fleet: Fleet, _ times: TimeTexts) {
        for member in fleet.engines
        where fleet.engines.count > 1 && fleet.presence(of: member, at: times.now) == .working {
            guard member.id != fleet.engine?.holder else { continue }
            times.note(after: (member.seenAt + EngineMember.patience - times.now).inSeconds + 0.01)
        }
    }
}
