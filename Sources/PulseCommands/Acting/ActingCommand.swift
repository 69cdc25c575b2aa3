import Foundation
import PulseConsole
package import PulseDomain

/// How a command is to be given.
package struct ActingWishes: Sendable, Hashable {
    package var reason: String
    /// Whether nobody is to be asked.
    package var isConfirmed: Bool
    /// Whether it is only to be told what would happen.
    package var isDryRun: Bool
    package var isJSON: Bool

    package init(reason: String = "", isConfirmed: Bool = false, isDryRun: Bool = false, isJSON: Bool = false) {
        self.reason = reason
        self.isConfirmed = isConfirmed
        self.isDryRun = isDryRun
        self.isJSON = isJSON
    }
}

/// Gives one command to the engine: previewed, confirmed where it cannot be taken back, audited by the engine.
package struct ActingCommand: Sendable {
    let context: CommandContext
    private let settings: SettingsWishes
    let wishes: ActingWishes

    package init(_ context: CommandContext, _ settings: SettingsWishes, _ wishes: ActingWishes) {
        self.context = context
        self.settings = settings
        self.wishes = wishes
    }

    /// `make` builds the command from a job's full name and the engine's clock.
    package func perform(
        on job: String, _ make: @Sendable (JobID, Instant) throws -> Command
    ) async throws -> ExitStatus {
        try await acting { access in
            let overview = try await access.operations.overview()
            let id = try JobNames.job(job, among: overview.jobs.map(\.id))
            return try await give(try make(id, overview.asOf), access)
        }
    }

    package func perform(_ command: Command) async throws -> ExitStatus {
        try await acting { try await give(command, $0) }
    }

    /// Acknowledges every alert that nobody has, one after the other; what is refused is told, and the others go on.
    package func acknowledgeAll() async throws -> ExitStatus {
        try await acting { access in
            let alerts = try await access.operations.overview().alerts.filter { $0.acknowledgedBy == nil }
            if alerts.isEmpty { try context.output.print("There is no alert that nobody has acknowledged.\n") }
            var status = ExitStatus.ok
            for alert in alerts {
                let one = try await give(.acknowledge(alert: alert.id), access)
                if one != .ok { status = one }
            }
            return status
        }
    }

    func acting(_ body: (EngineAccess) async throws -> ExitStatus) async throws -> ExitStatus {
        let access = try await EngineFinder(context).access(settings, isReading: wishes.isDryRun)
        do {
            let status = try await body(access)
            await access.close()
            return status
        } catch {
            await access.close()
            throw error
        }
    }

    private func give(_ command: Command, _ access: EngineAccess) async throws -> ExitStatus {
        let preview = try await access.operations.preview(command)
        if wishes.isDryRun { return try tell(preview) }
        if preview.danger == .destructive, preview.refusal == nil, !wishes.isConfirmed {
            // Nobody is asked to confirm what the gateway then refuses.
            try await access.checkMayGive(command)
            guard confirm(preview) else { return .refused }
        }
        let correlation = Self.newCorrelation()
        let status = try tell(try await perform(command, access, correlation), to: command, access, correlation)
        guard status == .ok, case .replay(let ids) = command else { return status }
        return try await Self.status(afterReplaying: ids, access)
    }

    static func newCorrelation() -> CorrelationID {
        var random = SystemRandomNumberGenerator()
        return CorrelationID(using: &random)
    }

    func perform(
        _ command: Command, _ access: EngineAccess, _ correlation: CorrelationID
    ) async throws -> CommandReceipt {
        try await access.operations.perform(
            CommandRequest(command, by: context.principal, reason: wishes.reason, correlation: correlation))
    }

    /// What would happen.
    func tell(_ preview: CommandPreview) throws -> ExitStatus {
        try context.output.print(
            wishes.isJSON ? try JSONText.document(JSONObject(preview)) : PreviewText.text(preview))
        return preview.refusal == nil ? .ok : .refused
    }

    private func confirm(_ preview: CommandPreview) -> Bool {
        context.output.noteRaw(PreviewText.text(preview))
        return Confirmation(context.output).asks(toType: "yes")
    }

    /// What came of it.
    func tell(
        _ receipt: CommandReceipt, to command: Command, _ access: EngineAccess, _ correlation: CorrelationID
    ) throws -> ExitStatus {
        var isRefused = false
        if case .refused = receipt { isRefused = true }
        let status: ExitStatus = isRefused ? .refused : .ok
        if wishes.isJSON {
            try context.output.print(
                try JSONText.document(
                    JSONObject(receipt, isRunning: access.isRunning, correlation: correlation)))
            return status
        }
        switch receipt {
        case .accepted(let sentence):
            try context.output.print(sentence + "\n")
            if !access.isRunning, command.waitsForEngine {
                context.output.note("No engine runs: it takes effect when one does (`pulse`, `pulse run`).")
            }
        case .unchanged(let sentence): try context.output.print(sentence + "\n")
        case .refused(let because, let instead): context.output.note("pulse: \(because) \(instead)")
        }
        return status
    }
}

extension Command {
    /// Whether it is only noted where no engine runs; everything else is done at once.
    fileprivate var waitsForEngine: Bool {
        switch self {
        case .start, .resume, .retry: true
        default: false
        }
    }
}

/// What a command would do, for a person.
enum PreviewText {
    static func text(_ preview: CommandPreview) -> String {
        var lines = [preview.sentence]
        lines += preview.consequences.map { "  \($0)" }
        var cost: [String] = []
        if let records = preview.records { cost.append("\(Figures.count(records)) \(records.noun("record"))") }
        if let requests = preview.requests { cost.append("\(Figures.count(requests)) \(requests.noun("request"))") }
        if let points = preview.points { cost.append("\(Figures.count(points)) \(points.noun("point"))") }
        if let duration = preview.duration { cost.append("about \(TimeArguments.text(duration))") }
        if !cost.isEmpty { lines.append("  It costs \(cost.joined(separator: ", ")).") }
        if let refusal = preview.refusal {
            lines.append("  It would be refused: \(refusal.because) \(refusal.instead)")
        }
        return lines.map { $0 + "\n" }.joined()
    }
}

/// Numbers as people read them.
enum Figures {
    /// With commas between thousands, whatever the locale: tables are compared and searched.
    static func count(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return number < 0 ? "-\(text)" : text
    }
}
