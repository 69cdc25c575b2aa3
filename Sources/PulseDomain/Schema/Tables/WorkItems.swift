/// The columns of `work_items`: an issue, story, feature or other item of planned work.
package enum WorkItemColumns: Int, TableColumns {
    case id, key, projectID, typeID, type, statusID, status, statusCategory, title, body, priority,
        resolution, reporterID, creatorID, assigneeID, parentID, sprintID, storyPoints, originalEstimate,
        remainingEstimate, timeSpent, labels, components, fixVersions, dueOn, createdAt, updatedAt,
        resolvedAt, url, customFields

    package static let table: TableName = "work_items"
    package static let meaning = "An issue, story, feature or other item of planned work."
    package static let version: Self? = .updatedAt
    package static let indexes: [[Self]] = [
        [.key], [.projectID, .updatedAt], [.assigneeID], [.parentID], [.statusCategory],
    ]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's immutable id.")
        case .key: .required("key", .text, "Its key today, such as PAY-12.")
        case .projectID: .reference("project_id", to: "projects", "Its project.", required: true)
        case .typeID: .reference("type_id", to: "work_item_types", "Its type.")
        case .type: .optional("type", .text, "Name of its type.")
        case .statusID: .reference("status_id", to: "statuses", "Its status.")
        case .status: .optional("status", .text, "Name of its status.")
        case .statusCategory: .optional("status_category", .text, "One of todo, in_progress, done, unknown.")
        case .title: .required("title", .text, "Title.")
        case .body: .optional("description", .text, "Description as plain text.")
        case .priority: .optional("priority", .text, "Name of its priority.")
        case .resolution: .optional("resolution", .text, "How it ended; null while open.")
        case .reporterID: .reference("reporter_id", to: "people", "Who reported it.")
        case .creatorID: .reference("creator_id", to: "people", "Whose account created it.")
        case .assigneeID: .reference("assignee_id", to: "people", "Who works on it.")
        case .parentID: .reference("parent_id", to: "work_items", "Its parent: epic of a story, story of a subtask.")
        case .sprintID: .reference("sprint_id", to: "sprints", "Its newest sprint.")
        case .storyPoints:
            .optional("story_points", .real, "Estimate in points, from the field that its board names.")
        case .originalEstimate: .optional("original_estimate_seconds", .integer, "Estimate of time in seconds.")
        case .remainingEstimate: .optional("remaining_estimate_seconds", .integer, "Remaining time in seconds.")
        case .timeSpent: .optional("time_spent_seconds", .integer, "Logged time in seconds.")
        case .labels: .optional("labels", .json, "Array of labels.")
        case .components: .optional("components", .json, "Array of component names.")
        case .fixVersions: .optional("fix_versions", .json, "Array of names of releases that it ships in.")
        case .dueOn: .optional("due_on", .text, "Due date, yyyy-MM-dd, of no zone.")
        case .createdAt: .optional("created_at", .instant, "When it was created.")
        case .updatedAt: .optional("updated_at", .instant, "When it last changed at the source.")
        case .resolvedAt: .optional("resolved_at", .instant, "When it was resolved.")
        case .url: .optional("url", .text, "Web address.")
        case .customFields:
            .optional("custom_fields", .json, "Object of every custom field that has a value, by field id.")
        }
    }
}

/// The columns of `work_item_aliases`: a former key of a work item that was moved: old texts still use it.
package enum WorkItemAliasColumns: Int, TableColumns {
    case id, workItemID

    package static let table: TableName = "work_item_aliases"
    package static let meaning = "A former key of a work item that was moved: old texts still use it."
    package static let owner: Self? = .workItemID
    package static let indexes: [[Self]] = [[.workItemID]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The former key.")
        case .workItemID: .reference("work_item_id", to: "work_items", "The item that had it.", required: true)
        }
    }
}

/// The columns of `work_item_links`: a link between two work items, as seen from the first.
package enum WorkItemLinkColumns: Int, TableColumns {
    case id, workItemID, otherID, otherKey, kind

    package static let table: TableName = "work_item_links"
    package static let meaning = "A link between two work items, as seen from the first."
    package static let owner: Self? = .workItemID
    package static let indexes: [[Self]] = [[.workItemID], [.otherID]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's link id, a colon, the direction.")
        case .workItemID:
            .reference("work_item_id", to: "work_items", "The item that the link starts from.", required: true)
        case .otherID: .reference("other_id", to: "work_items", "The other item's id, where it is told.")
        case .otherKey: .optional("other_key", .text, "The other item's key.")
        case .kind: .required("kind", .text, "What the first is to the other: blocks, is blocked by, relates to.")
        }
    }
}
