package import PulseDomain
package import PulseHTTP

/// Jira Cloud and Jira Data Center.
package struct JiraConnector: Connector {
    /// The site's address without a slash at its end.
    let base: String
    /// Whether there is a login name: then Cloud's Basic authentication is meant.
    let user: String?
    /// Keys of the projects wanted, in upper case; empty: all that are visible.
    let projects: [String]

    /// Throws `Failure` (`ours`) when the configuration cannot be one of Jira.
    package init(_ configuration: SourceConfiguration) throws {
        let address = (configuration.url ?? "").trimmed
        guard address.hasPrefix("https://") || address.hasPrefix("http://"), !address.contains("?") else {
            throw Failure(
                .ours, code: "jira.config.url", "The source \(configuration.name) has no usable address.",
                remedy: "Set url to the address of the site, such as https://example.atlassian.net.")
        }
        base = String(address.reversed().drop { $0 == "/" }.reversed())
        user = configuration.user.flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed }
        projects = configuration.projects.map { $0.trimmed.uppercased() }.filter { !$0.isEmpty }
    }

    package var streams: [StreamDescriptor] {
        [
            StreamDescriptor(id: JiraStream.projects, title: "Projects", tables: ["projects", "people"], pageSize: 50),
            StreamDescriptor(
                id: JiraStream.issueTypes, title: "Issue types", tables: ["work_item_types"], pageSize: 200),
            StreamDescriptor(id: JiraStream.statuses, title: "Statuses", tables: ["statuses"], pageSize: 200),
            StreamDescriptor(
                id: JiraStream.issues, title: "Issues with changelogs, comments, worklogs and links",
                tables: [
                    "work_items", "work_item_changes", "work_item_comments", "worklogs", "work_item_links",
                    "sprint_work_items", "work_item_aliases", "people",
                ],
                dependencies: [JiraStream.projects], hasCensus: true, pageSize: 100),
            StreamDescriptor(id: JiraStream.sprints, title: "Sprints of all boards", tables: ["sprints"], pageSize: 50),
            StreamDescriptor(
                id: JiraStream.versions, title: "Versions of projects", tables: ["releases"],
                dependencies: [JiraStream.projects],
                pageSize: 50),
        ]
    }

    package func firstCursor(of walk: Walk) throws -> Cursor {
        switch walk.partition.stream {
        case JiraStream.issues: JiraCursor.issues(try JiraSearchPosition(beginning: walk)).cursor
        case JiraStream.projects, JiraStream.issueTypes, JiraStream.statuses, JiraStream.versions:
            JiraCursor.list(JiraListPosition()).cursor
        case JiraStream.sprints: JiraCursor.boards(JiraBoardPosition()).cursor
        default: throw JiraFailure.unknownStream(walk.partition.stream)
        }
    }

    package func page(at cursor: Cursor, of walk: Walk, through client: any SourceClient) async throws -> FetchedPage {
        switch try JiraCursor(cursor) {
        case .issues(let position): try await issuePage(at: position, of: walk, through: client)
        case .list(let position): try await listPage(at: position, of: walk, through: client)
        case .boards(let position): try await boardPage(at: position, of: walk, through: client)
        }
    }

    package func content(of page: RawPage, walk: Walk) throws -> PageContent {
        switch try JiraCursor(page.cursor) {
        case .issues(let position): try mappedIssues(of: page, at: position, walk: walk).finished()
        case .list: try mappedList(of: page, walk: walk).finished()
        case .boards(let position): try mappedBoards(of: page, at: position, walk: walk).finished()
        }
    }

    package func payloads(of records: Set<Int32>, in page: RawPage, walk: Walk) throws -> [Int32: [UInt8]] {
        switch try JiraCursor(page.cursor) {
        case .issues(let position):
            try mappedIssues(of: page, at: position, walk: walk, keeping: records).payloads.kept
        case .list: try mappedList(of: page, walk: walk, keeping: records).payloads.kept
        case .boards(let position):
            try mappedBoards(of: page, at: position, walk: walk, keeping: records).payloads.kept
        }
    }

    package func content(ofRejected record: RejectedRecord, at cursor: Cursor, walk: Walk) throws -> PageContent {
        var position = try JiraCursor(cursor)
        if case .issues(var search) = position {
            if let child = try contentOfChild(record, walk: walk) { return child }
            // An issue is mapped as on a page of the search, wherever the walk stood.
            (search.pending, search.isCensus) = (JiraPending(), false)
            position = .issues(search)
        }
        let body = try JiraReplay.page(around: record, at: position)
        let page = RawPage(
            partition: walk.partition, cursor: position.cursor, request: "replay of a rejected record", body: body,
            fetchedAt: walk.startedAt, correlation: walk.correlation)
        return try content(of: page, walk: walk)
    }

    package func verdict(on response: HTTPResponse, to request: SourceRequest) -> ResponseVerdict {
        JiraVerdict(response: response, request: request).verdict
    }

    func requests(_ identity: SourceIdentity) -> JiraRequests {
        JiraRequests(base: base, dialect: JiraDialect(rawValue: identity.dialect) ?? .cloud)
    }
}

/// The streams of Jira.
enum JiraStream {
    static let projects: StreamID = "projects"
    static let issueTypes: StreamID = "issue_types"
    static let statuses: StreamID = "statuses"
    static let issues: StreamID = "issues"
    static let sprints: StreamID = "sprints"
    static let versions: StreamID = "versions"
}

extension String {
    /// Without white space around it.
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
