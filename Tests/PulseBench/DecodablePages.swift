/// What the connector reads of a page of Jira's search, as one would write it for `JSONDecoder`. Times stay texts, which is
/// less than the connector does.
struct JiraPage<Custom: Decodable>: Decodable {
    var issues: [Issue]

    struct Issue: Decodable {
        var id: String
        var key: String
        var fields: Fields
        var custom: Custom
        var changelog: Changelog?

        private enum Keys: String, CodingKey { case id, key, fields, changelog }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            id = try container.decode(String.self, forKey: .id)
            key = try container.decode(String.self, forKey: .key)
            fields = try container.decode(Fields.self, forKey: .fields)
            custom = try container.decode(Custom.self, forKey: .fields)
            changelog = try container.decodeIfPresent(Changelog.self, forKey: .changelog)
        }
    }

    struct Fields: Decodable {
        var project: JiraReference
        var summary: String
        var description: JiraNode?
        var status: JiraStatus?
        var issuetype: JiraReference?
        var priority: JiraReference?
        var resolution: JiraReference?
        var creator: JiraUser?
        var reporter: JiraUser?
        var assignee: JiraUser?
        var parent: JiraReference?
        var labels: [String]?
        var components: [JiraReference]?
        var fixVersions: [JiraReference]?
        var created: String?
        var updated: String?
        var duedate: String?
        var resolutiondate: String?
        var timespent: Int?
        var timeestimate: Int?
        var timeoriginalestimate: Int?
        var issuelinks: [JiraLink]?
        var comment: JiraComments?
        var worklog: JiraWorklogs?
    }

    struct Changelog: Decodable { var histories: [JiraHistory] }
}

struct JiraReference: Decodable {
    var id: String?
    var key: String?
    var name: String?
}
struct JiraStatus: Decodable {
    var id: String
    var name: String
    var statusCategory: Category?
    struct Category: Decodable { var key: String }
}
struct JiraUser: Decodable {
    var accountId: String?
    var displayName: String?
    var emailAddress: String?
    var accountType: String?
    var active: Bool?
}
struct JiraLink: Decodable {
    var id: String
    var type: JiraReference
    var inwardIssue: JiraReference?
    var outwardIssue: JiraReference?
}
struct JiraHistory: Decodable {
    var id: String
    var author: JiraUser?
    var created: String
    var items: [Item]
    struct Item: Decodable {
        var field: String
        var fieldId: String?
        var from: String?
        var fromString: String?
        var to: String?
        var toString: String?
    }
}
struct JiraComments: Decodable {
    var total: Int?
    var comments: [Comment]
    struct Comment: Decodable {
        var id: String
        var author: JiraUser?
        var body: JiraNode?
        var created: String
        var updated: String?
    }
}
struct JiraWorklogs: Decodable {
    var total: Int?
    var worklogs: [Worklog]
    struct Worklog: Decodable {
        var id: String
        var author: JiraUser?
        var comment: JiraNode?
        var timeSpentSeconds: Int
        var started: String
        var updated: String?
    }
}

/// A node of a document in Atlassian Document Format.
struct JiraNode: Decodable {
    var type: String
    var text: String?
    var content: [JiraNode]?
}

/// Leaves custom fields alone, which the connector does not.
struct NoCustomFields: Decodable {
    init(from decoder: any Decoder) {}
}

/// Every custom field with whatever it holds, as the connector keeps them.
struct CustomFields: Decodable {
    var values: [String: AnyJSON] = [:]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyKey.self)
        for key in container.allKeys where key.stringValue.hasPrefix("customfield_") {
            guard try !container.decodeNil(forKey: key) else { continue }
            values[key.stringValue] = try container.decode(AnyJSON.self, forKey: key)
        }
    }
}

struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
}

enum AnyJSON: Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([AnyJSON])
    case object([String: AnyJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let elements = try? container.decode([AnyJSON].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: AnyJSON].self))
        }
    }
}

/// What the connector reads of a page of GitHub's pull requests; times as `String`, or as `Date`, which is what rows hold.
struct GitHubPage<Time: Decodable>: Decodable {
    var data: Root

    struct Root: Decodable { var repository: Repository }
    struct Repository: Decodable {
        var id: String
        var pullRequests: Connection<Edge>
    }
    struct Connection<Element: Decodable>: Decodable {
        var totalCount: Int?
        var nodes: [Element]?
        var edges: [Element]?
    }
    struct Edge: Decodable {
        var cursor: String
        var node: PullRequest
    }
    struct Actor: Decodable {
        var id: String?
        var login: String
        var name: String?
        var __typename: String?
    }
    struct Named: Decodable { var name: String }
    struct Hash: Decodable { var oid: String }
    struct PullRequest: Decodable {
        var id: String
        var number: Int
        var title: String
        var body: String?
        var state: String
        var isDraft: Bool
        var author: Actor?
        var mergedBy: Actor?
        var headRefName: String
        var baseRefName: String
        var headRefOid: String
        var mergeCommit: Hash?
        var additions: Int?
        var deletions: Int?
        var changedFiles: Int?
        var reviewDecision: String?
        var createdAt: Time
        var updatedAt: Time
        var mergedAt: Time?
        var closedAt: Time?
        var url: String
        var labels: Connection<Named>?
        var commits: Connection<PullRequestCommit>
        var reviews: Connection<Review>
        var comments: Connection<Comment>
        var reviewThreads: Connection<Thread>
    }
    struct PullRequestCommit: Decodable { var commit: Commit }
    struct Commit: Decodable {
        var oid: String
        var message: String
        var authoredDate: Time
        var committedDate: Time
        var author: Author?
    }
    struct Author: Decodable {
        var name: String?
        var email: String?
        var user: Actor?
    }
    struct Review: Decodable {
        var id: String
        var state: String
        var body: String
        var submittedAt: Time?
        var author: Actor?
        var commit: Hash?
    }
    struct Comment: Decodable {
        var id: String
        var body: String
        var createdAt: Time
        var updatedAt: Time
        var author: Actor?
    }
    struct Thread: Decodable {
        var id: String
        var isResolved: Bool
        var path: String
        var line: Int?
        var originalLine: Int?
        var comments: Connection<Comment>
    }
}
