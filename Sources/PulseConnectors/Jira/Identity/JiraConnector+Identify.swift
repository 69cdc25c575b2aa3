import PulseDomain
import PulseHTTP
import PulseJSON

extension JiraConnector {
    /// Asks what the site is, who we are there, what we may see, and which of its fields mean what.
    package func identify(through client: any SourceClient) async throws -> SourceIdentity {
        // Version 2 of this resource exists on both products.
        let unknown = JiraRequests(base: base, dialect: .dataCenter)
        let server = try await client.send(unknown.serverInfo())
        let (deployment, version) = try JiraJSON.read(server.body, as: "The description of the site") { root in
            guard root.kind == .object, root["version"].string != nil || root["deploymentType"].string != nil else {
                throw JiraFailure.unexpectedShape("The description of the site", missing: "version")
            }
            return (root["deploymentType"].string ?? "Server", root["version"].string ?? "")
        }
        let dialect: JiraDialect = deployment.lowercased() == "cloud" ? .cloud : .dataCenter
        let requests = JiraRequests(base: base, dialect: dialect)
        let myself = try await client.send(requests.myself())
        var identity = try Self.account(myself.body, site: base)
        identity.dialect = dialect.rawValue
        identity.product = dialect == .cloud ? "Jira Cloud" : "Jira Data Center \(VisibleText.line(version, limit: 20))"
        if let warning = try await missingPermission(identity.account, requests, client) {
            identity.warnings.append(warning)
        } else {
            identity.scopes.append("BROWSE_PROJECTS")
        }
        var details = JiraDetails()
        try details.readCatalogue(try await client.send(requests.fieldCatalogue()).body)
        if let warning = try await readBoards(into: &details, requests, client) { identity.warnings.append(warning) }
        identity.details = details.json
        return identity
    }

    /// Reads `/myself`. An answer without an account is that of an anonymous session, which sees nothing and says so
    /// nowhere else (FACTS §2.20).
    static func account(_ body: [UInt8], site: String) throws -> SourceIdentity {
        try JiraJSON.read(body, as: "The answer about our account") { root in
            let id =
                root["accountId"].identifier ?? root["key"].identifier ?? root["name"].identifier
            guard let id else {
                throw Failure(
                    .unauthorised, code: "jira.anonymous", "\(site) treats us as an anonymous visitor.",
                    remedy: "Check user and token of the source; an anonymous session sees no or few issues.",
                    endpoint: JiraEndpoint.identity)
            }
            let name = root["displayName"].identifier ?? root["emailAddress"].identifier ?? id
            var identity = SourceIdentity(
                account: VisibleText.line(name, limit: 100), product: "", timeZone: root["timeZone"].string)
            if root["active"].bool == false {
                identity.warnings.append("The account \(identity.account) is not active.")
            }
            return identity
        }
    }

    private func missingPermission(_ account: String, _ requests: JiraRequests, _ client: any SourceClient) async throws
        -> String?
    {
        let body = try await client.send(requests.permissions()).body
        let isAllowed = try JiraJSON.read(body, as: "The answer about our permissions") { root in
            root["permissions"]["BROWSE_PROJECTS"]["havePermission"].bool ?? false
        }
        return isAllowed
            ? nil : "The account \(account) may not browse any project (permission BROWSE_PROJECTS): nothing is loaded."
    }

    /// Boards whose configuration is asked for, at most: each is a request.
    static let limitOfConfigurations = 20
    /// Boards whose names are kept, at most.
    static let limitOfBoards = 2_000

    /// Reads the names of boards, and what they estimate by. Answers with a warning when boards cannot be read: a site
    /// without Jira Software has none.
    private func readBoards(into details: inout JiraDetails, _ requests: JiraRequests, _ client: any SourceClient)
        async throws -> String?
    {
        var candidates: [Int64] = []
        do {
            var position: JiraListPosition? = JiraListPosition()
            while let current = position, details.boards.count < Self.limitOfBoards {
                let body = try await client.send(requests.boards(start: current.start)).body
                let page = try JiraBoardPage(body)
                for board in page.boards {
                    details.boards[String(board.id)] = board.name
                    guard board.hasSprints else { continue }
                    if isWanted(project: board.project) { candidates.append(board.id) }
                }
                position = current.next(
                    count: page.boards.count, total: page.total, isLast: page.isLast, requested: 50)
            }
        } catch let failure as Failure where failure.kind == .notFound || failure.code == JiraVerdict.forbidden {
            return "Boards cannot be read, so sprints and estimates of boards are missing: \(failure.sentence)"
        }
        for board in candidates.prefix(Self.limitOfConfigurations) {
            do {
                try details.readConfiguration(try await client.send(requests.boardConfiguration(board: board)).body)
            } catch let failure as Failure where failure.kind == .notFound || failure.code == JiraVerdict.forbidden {
                // A board may be deleted or hidden between two requests; the catalogue still names its fields.
                continue
            }
        }
        return nil
    }

    /// Whether a project is configured to be loaded. `nil` is a board of no project, which may show any.
    func isWanted(project key: String?) -> Bool {
        guard let key, !projects.isEmpty else { return true }
        return projects.contains(key.uppercased())
    }
}
