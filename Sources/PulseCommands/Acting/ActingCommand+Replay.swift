import PulseDomain

extension ActingCommand {
    /// Replays all that is in quarantine, of one job or of every one, in pages: however much that is, only a page of it is
    /// held here, and each page is a command that ends soon.
    package func replayAll(of job: String?) async throws -> ExitStatus {
        try await acting { access in
            let known = try await access.operations.overview().jobs.map(\.id)
            let id = try job.map { try JobNames.job($0, among: known) }
            let quarantine = QuarantinePages(operations: access.operations, job: id)
            var page = try await quarantine.page(before: nil)
            let correlation = Self.newCorrelation()
            guard !page.isEmpty else {
                let whose = id.map { " of \($0)" } ?? ""
                return try tell(.unchanged("Nothing\(whose) is in quarantine."), to: .replay([]), access, correlation)
            }
            if wishes.isDryRun { return try tell(.replay(of: try await quarantine.count())) }
            let isOnePage = page.count < QuarantinePages.size
            var count = 0
            while let last = page.last {
                let replay = Command.replay(page.map(\.id))
                let receipt = try await perform(replay, access, correlation)
                if isOnePage {
                    let status = try tell(receipt, to: replay, access, correlation)
                    return status == .ok ? try await Self.status(afterReplaying: page.map(\.id), access) : status
                }
                if case .refused = receipt { return try tell(receipt, to: replay, access, correlation) }
                count += page.count
                context.output.note("\(Figures.count(count)) \(count.noun("record")) transformed again")
                page = try await quarantine.page(before: last.id)
            }
            let left = try await quarantine.count()
            let sentence =
                "\(count.counted("quarantined record was", "quarantined records were")) transformed again. "
                + "\(left == 0 ? "None" : "\(left)") \(left.noun("is", "are")) in quarantine now."
            _ = try tell(.accepted(sentence), to: .replay([]), access, correlation)
            return left == 0 ? .ok : .problems
        }
    }

    /// Done with problems when one of those records is in quarantine still: rejected again.
    static func status(afterReplaying ids: [Int64], _ access: EngineAccess) async throws -> ExitStatus {
        let wanted = Set(ids)
        guard let newest = wanted.max(), let oldest = wanted.min() else { return .ok }
        let quarantine = QuarantinePages(operations: access.operations)
        var page = try await quarantine.page(before: newest == .max ? nil : newest + 1)
        while let last = page.last {
            if page.contains(where: { wanted.contains($0.id) }) { return .problems }
            guard last.id > oldest, page.count == QuarantinePages.size else { break }
            page = try await quarantine.page(before: last.id)
        }
        return .ok
    }
}
