/// The columns of `projects`: a project (or board, product) that work items belong to.
package enum ProjectColumns: Int, TableColumns {
    case id, key, name, kind, leadID, url, isArchived, summary

    package static let table: TableName = "projects"
    package static let meaning = "A project (or board, product) that work items belong to."
    package static let indexes: [[Self]] = [[.key]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id.")
        case .key: .optional("key", .text, "Short key, the prefix of work-item keys.")
        case .name: .required("name", .text, "Name.")
        case .kind: .optional("kind", .text, "The provider's project type.")
        case .leadID: .reference("lead_id", to: "people", "Who leads it.")
        case .url: .optional("url", .text, "Web address.")
        case .isArchived: .optional("is_archived", .boolean, "Whether it is archived.")
        case .summary: .optional("description", .text, "Description as plain text.")
        }
    }
}

/// The columns of `work_item_types`: a type of work item: bug, story, epic.
package enum WorkItemTypeColumns: Int, TableColumns {
    case id, name, category, isSubtask, projectID

    package static let table: TableName = "work_item_types"
    package static let meaning = "A type of work item: bug, story, epic."

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id.")
        case .name: .required("name", .text, "Name as shown.")
        case .category: .required("category", .text, "One of bug, story, task, epic, subtask, other.")
        case .isSubtask: .required("is_subtask", .boolean, "Whether items of it have a parent by nature.")
        case .projectID: .reference("project_id", to: "projects", "The project that alone has it; null when shared.")
        }
    }
}

/// The columns of `statuses`: a workflow status.
package enum StatusColumns: Int, TableColumns {
    case id, name, category, projectID

    package static let table: TableName = "statuses"
    package static let meaning = "A workflow status."

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id.")
        case .name: .required("name", .text, "Name as shown.")
        case .category: .required("category", .text, "One of todo, in_progress, done, unknown.")
        case .projectID: .reference("project_id", to: "projects", "The project that alone has it; null when shared.")
        }
    }
}
