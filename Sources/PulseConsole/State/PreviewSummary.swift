import PulseDomain

/// What several commands would do together.
struct PreviewSummary: Hashable, Sendable {
    /// What happens, as sentences; one a command that would be accepted.
    var sentences: [String] = []
    /// What is undone or lost.
    var consequences: [String] = []
    /// What would be refused, with what is possible instead.
    var refusals: [String] = []
    var records: Int?
    var requests: Int?
    var points: Int?
    var duration: Duration?
    var danger = CommandPreview.Danger.harmless
    /// Why nothing at all can be done; `nil` when something can.
    var refusal: String?

    init(_ outcomes: [CommandOutcome<CommandPreview>]) {
        var accepted = 0
        for outcome in outcomes {
            switch outcome.answer {
            case .failure(let failure): refusals.append("\(failure.sentence) \(failure.remedy)")
            case .success(let preview):
                if let refused = preview.refusal {
                    let subject = outcomes.count > 1 ? outcome.command.job.map { "\($0): " } ?? "" : ""
                    refusals.append("\(subject)\(refused.because) \(refused.instead)")
                    continue
                }
                accepted += 1
                sentences.append(preview.sentence)
                for consequence in preview.consequences where !consequences.contains(consequence) {
                    consequences.append(consequence)
                }
                records = Self.sum(records, preview.records)
                requests = Self.sum(requests, preview.requests)
                points = Self.sum(points, preview.points)
                if let length = preview.duration { duration = max(duration ?? .zero, length) }
                if Self.weight(preview.danger) > Self.weight(danger) { danger = preview.danger }
            }
        }
        if accepted == 0 { refusal = refusals.first ?? "There is nothing to do it to." }
    }

    private static func sum(_ left: Int?, _ right: Int?) -> Int? {
        guard let right else { return left }
        return (left ?? 0) + right
    }

    private static func weight(_ danger: CommandPreview.Danger) -> Int {
        CommandPreview.Danger.allCases.firstIndex(of: danger) ?? 0
    }
}
