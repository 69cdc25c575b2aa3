/// A comment as it is.
struct IssueComment: Sendable {
    /// `nil`: the account is gone.
    let author: Int?
    /// Which of the remarks it is.
    let text: Int
    let createdAt: Int64
    let updatedAt: Int64
}

/// A link as seen from one of its ends.
struct IssueLinkFact: Sendable {
    let id: Int
    let kind: Int
    let isOutward: Bool
    let other: Int

    static let names: [(name: String, inward: String, outward: String)] = [
        ("Blocks", "is blocked by", "blocks"), ("Relates", "relates to", "relates to"),
        ("Duplicate", "is duplicated by", "duplicates"),
    ]
}

extension JiraWorld {
    static func commentID(_ issue: Int, _ serial: Int) -> Int { issue * 10_000 + serial }
    static func worklogID(_ issue: Int, _ serial: Int) -> Int { issue * 10_000 + serial }

    /// Only issues whose every part comes along with them are spoiled, so that nothing of them is loaded.
    func isPoisonable(_ record: IssueRecord) -> Bool {
        historyCount(record) < 40 && baseComments(record) < 90 && baseWorklogs(record) < 20
    }

    func comment(_ serial: Int, of facts: IssueFacts) -> IssueComment {
        let record = facts.record
        let total = baseComments(record)
        let at =
            serial >= IssueFacts.firstLivingSerial
            ? record.edits[serial - IssueFacts.firstLivingSerial].at
            : record.createdAt + (record.baseUpdatedAt - record.createdAt) * Int64(serial + 1) / Int64(max(1, total))
        let edit = facts.editedComments[serial]
        let text = seed.number(.comments, record.id, serial + 100, below: Vocabulary.remarks.count)
        return IssueComment(
            author: seed.isOne(in: 29, .comments, record.id, serial + 20_000)
                ? nil : seed.number(.comments, record.id, serial + 40_000, below: cast.count),
            text: edit.map { (text + 1 + $0.event % 7) % Vocabulary.remarks.count } ?? text, createdAt: at,
            updatedAt: edit?.at ?? at)
    }

    func worklogTime(_ serial: Int, of facts: IssueFacts) -> Int64 {
        let record = facts.record
        if serial >= IssueFacts.firstLivingSerial { return record.edits[serial - IssueFacts.firstLivingSerial].at }
        return record.createdAt + (record.baseUpdatedAt - record.createdAt) * Int64(serial + 1)
            / Int64(baseWorklogs(record) + 1)
    }

    func worklogSeconds(_ issue: Int, _ serial: Int) -> Int {
        900 * (1 + seed.number(.worklogs, issue, serial + 90_000, below: 24))
    }

    /// The links of an issue, from both of its sides. Only issues that nothing moves or deletes are linked.
    func links(of record: IssueRecord) -> [IssueLinkFact] {
        guard !record.isBorn else { return [] }
        let number = record.origin.number
        var links: [IssueLinkFact] = []
        for (place, (from, to, kind)) in [(6, 14, 0), (20, 21, 1), (14, 20, 2)].enumerated() {
            let first = number / 25 * 25
            guard number % 25 == from || number % 25 == to, first + to <= counts[record.origin.project] else {
                continue
            }
            let source = baseID(KeyNumber(project: record.origin.project, number: first + from))
            guard !seed.isOne(in: 3, .links, source, place) else { continue }
            let target = baseID(KeyNumber(project: record.origin.project, number: first + to))
            links.append(
                IssueLinkFact(
                    id: source * 10 + place, kind: kind, isOutward: number % 25 == from,
                    other: number % 25 == from ? target : source))
        }
        return links
    }
}
