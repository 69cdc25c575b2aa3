import PulseDomain

extension JiraWorld {
    func write(_ truth: inout GroundTruth, flaws: RecordFlaws, now: Int64) {
        for project in projects.indices {
            truth.projects.insert(String(Self.firstID + project))
            for kind in IssueKind.allCases {
                truth.issueTypes.insert(String(JiraFragments.id(kind.rawValue, in: project)))
            }
            for status in IssueStatus.allCases {
                truth.statuses.insert(String(JiraFragments.id(status.rawValue, in: project)))
            }
            for number in 0...(JiraVersion.number(at: now, world: self) + 1) {
                truth.versions.insert(String(JiraVersion(project: project, number: number).id))
            }
            guard hasSprints(project) else { continue }
            for number in 0...(sprintNumber(at: now) + 1) {
                truth.sprints.insert(String(sprintID(number, of: project)))
            }
        }
        for record in records.values where record.isDeleted { truth.deletedIssues.insert(String(record.id)) }
        forEachRecord { write($0, to: &truth, flaws: flaws) }
    }

    private func write(_ record: IssueRecord, to truth: inout GroundTruth, flaws: RecordFlaws) {
        let id = String(record.id)
        if isPoisonable(record), flaws.poison(record.id) != nil {
            truth.poisoned.insert(id)
            return
        }
        let facts = facts(record)
        truth.issues[id] = GroundTruth.Issue(
            key: text(record.key), projectID: String(Self.firstID + record.key.project),
            title: flaws.oddText(record.id) == nil ? title(record, revision: facts.titleRevision) : nil,
            status: facts.status.name, assigneeID: facts.assignee.map { JiraFragments.accountID($0) },
            parentID: facts.parent.map { String($0) }, points: facts.points,
            labels: facts.labels.map { Vocabulary.labels[$0] }, createdAt: Instant(milliseconds: record.createdAt),
            updatedAt: Instant(milliseconds: record.updatedAt),
            resolvedAt: facts.resolvedAt.map { Instant(milliseconds: $0) })
        for key in record.formerKeys { truth.aliases[text(key)] = id }
        for history in histories(record, customFieldBase: 0) {
            for position in history.items.indices { truth.changes.insert("\(history.id):\(position)") }
        }
        for serial in facts.comments { truth.comments.insert(String(Self.commentID(record.id, serial))) }
        for serial in facts.worklogs { truth.worklogs.insert(String(Self.worklogID(record.id, serial))) }
        for link in links(of: record) { truth.links.insert("\(link.id):\(link.isOutward ? "outward" : "inward")") }
        for sprint in facts.sprints {
            truth.sprintIssues.insert("\(sprintID(sprint, of: record.origin.project)):\(id)")
        }
    }
}
