import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseTerminal

/// `pulse notify`: who is told of alerts, and whether messages arrive.
package struct NotifyCommand: Sendable {
    private let context: CommandContext
    private let wishes: SettingsWishes
    private let isJSON: Bool

    package init(_ context: CommandContext, _ wishes: SettingsWishes, isJSON: Bool) {
        self.context = context
        self.wishes = wishes
        self.isJSON = isJSON
    }

    /// Sends each receiver a message that says it is a test; `problems` when one did not take it.
    ///
    /// - Parameter name: only this receiver.
    package func test(only name: String?) async throws -> ExitStatus {
        try PlaceFinder(context).requireLocal(wishes, "`pulse notify test`")
        let configuration = try SettingsFinder(context).settings(wishes).configuration
        let receivers = try wanted(name, in: configuration.notify.receivers)
        let notifier = NotifierAssembly.notifier(configuration.notify, transport: configuration.transport())
        let time = SystemClock()
        var rows: [(receiver: NotifyReceiver, isAccepted: Bool, told: String, took: Duration)] = []
        for receiver in receivers {
            guard let sender = notifier?.senders[receiver.name] else { continue }
            let (now, begun) = (time.now, time.elapsed)
            let alert = Alert(
                id: "test:\(receiver.name)", kind: .storeTrouble, severity: .notice,
                sentence: "This is a test: alerts of \(configuration.tenant) would arrive here.",
                because: "\(context.principal.name) tried whether they do.", since: now)
            let message = AlertMessage(
                event: .test, tenant: configuration.tenant, receiver: receiver.name, alert: alert, since: now,
                at: now)
            let answer = await sender.send(message, now: now)
            let (isAccepted, told): (Bool, String) =
                switch answer {
                case .accepted(let what): (true, what)
                case .failed(let because, _), .refused(let because): (false, because)
                }
            rows.append((receiver, isAccepted, told, time.elapsed - begun))
        }
        let signs = context.output.glyphs == .unicode ? ("✓", "✗") : ("ok", "!!")
        try context.output.print(
            isJSON
                ? try JSONText.document(
                    rows.map { row in
                        [
                            "receiver": row.receiver.name, "way": row.receiver.wayName, "is_accepted": row.isAccepted,
                            "told": row.told, "seconds": row.took.inSeconds,
                        ] as JSONObject
                    })
                : TextTable(
                    ["", "RECEIVER", "WAY", "TOLD"],
                    rows: rows.map {
                        [$0.isAccepted ? signs.0 : signs.1, $0.receiver.name, $0.receiver.wayName, $0.told]
                    }
                ).text(context.output, least: 200, empty: Self.nobody))
        return rows.allSatisfy(\.isAccepted) ? .ok : .problems
    }

    private static let nobody = "Nobody is told of alerts: the configuration has no `notify:`."

    private func wanted(_ name: String?, in receivers: [NotifyReceiver]) throws -> [NotifyReceiver] {
        guard let name else { return receivers }
        if let receiver = receivers.first(where: { $0.name == name }) { return [receiver] }
        let names = receivers.map(\.name)
        let meant = nearestName(to: name, among: names).map { "Did you mean \($0)? " } ?? ""
        throw CommandError(
            .usage, "There is no receiver \(name).",
            remedy: names.isEmpty ? Self.nobody : "\(meant)Configured are \(names.joined(separator: ", ")).")
    }
}
