import PulseDomain
import PulseTerminal

/// What drawing needs besides the state: the signs that may be used, and texts of times.
struct Pen {
    let glyphs: GlyphMode
    /// For what is known: as of now, or as of the moment after which nothing was heard.
    let times: TimeTexts
    /// For what is true now all the same: how the link stands, and what somebody is about to do.
    let present: TimeTexts
    /// Why what is shown is as of an earlier moment; `nil` while it is not.
    let staleness: Staleness?
    /// Whether what is shown is as of an earlier moment: what tells of the present is left out.
    var isStale: Bool { staleness != nil }

    init(glyphs: GlyphMode, now: Instant, staleness: Staleness? = nil) {
        self.glyphs = glyphs
        self.staleness = staleness
        present = TimeTexts(now: now)
        times = staleness.map { TimeTexts(now: min($0.asOf, now), isPast: true, present: now) } ?? present
    }

    /// A job as a row. Of its own runs an engine knows how they stand though the store is away.
    func row(_ status: JobStatus) -> JobRow {
        let isOwn = staleness?.cause == .store && status.run?.isElsewhere != true
        return JobRow(status, times, isKnown: !isStale || isOwn)
    }

    /// Whether an alert tells of the present though what is shown is as of an earlier moment.
    func isPresent(_ alert: Alert) -> Bool {
        !isStale || alert.kind == .storeTrouble && staleness?.cause == .store
    }

    /// That the store does not answer is told by an engine that is there.
    func times(of alert: Alert) -> TimeTexts {
        isPresent(alert) ? present : times
    }

    /// When the first of the texts given so far changes; `nil` when none ever does.
    var changesAt: Instant? { [times.changesAt, present.changesAt].compactMap { $0 }.min() }

    /// Between facts on one line.
    var dot: StyledText { StyledText(glyphs == .unicode ? " · " : " | ", Style(.muted)) }
    var arrow: String { glyphs == .unicode ? "→" : "->" }

    func bar(_ share: Double, width: Int, role: ColorRole) -> StyledText {
        TextGraphics.bar(share, width: width, role: role, glyphs: glyphs)
    }

    func curve(_ values: [Double], width: Int, role: ColorRole) -> StyledText {
        TextGraphics.curve(values, width: width, role: role, glyphs: glyphs)
    }

    /// Facts with dots between; empty ones are left out.
    func line(_ facts: [StyledText?]) -> StyledText {
        var text = StyledText([])
        for fact in facts {
            guard let fact, fact.spans.contains(where: { !$0.text.isEmpty }) else { continue }
            text = text.spans.isEmpty ? fact : text + dot + fact
        }
        return text
    }
}

extension StyledText {
    static func muted(_ text: String) -> StyledText { StyledText(text, Style(.muted)) }
    static func strong(_ text: String, _ role: ColorRole = .title) -> StyledText { StyledText(text, Style(role).bold) }
    static let nothing = StyledText([])
}
