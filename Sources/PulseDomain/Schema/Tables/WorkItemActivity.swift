/// The columns of `work_item_changes`: one change of one field of a work item.
package enum WorkItemChangeColumns: Int, TableColumns {
    case id, workItemID, authorID, field, fieldID, fromID, fromText, toID, toText, changedAt

    package static let table: TableName = "work_item_changes"
    package static let meaning = "One change of one field of a work item."
    package static let owner: Self? = .workItemID
    package static let indexes: [[Self]] = [[.workItemID, .changedAt], [.field, .changedAt]]

    package var column: Column {
        switch self {
        case .id: .key("id", "History id, a colon, position within the history.")
        case .workItemID: .reference("work_item_id", to: "work_items", "The item.", required: true)
        case .authorID:
            .reference("author_id", to: "people", "Who changed it; null for deleted accounts and automation.")
        case .field: .required("field", .text, "Field's name.")
        case .fieldID: .optional("field_id", .text, "Field's id, where it has one.")
        case .fromID: .optional("from_id", .text, "Value before, as id.")
        case .fromText: .optional("from_text", .text, "Value before, as shown.")
        case .toID: .optional("to_id", .text, "Value after, as id.")
        case .toText: .optional("to_text", .text, "Value after, as shown.")
        case .changedAt: .required("changed_at", .instant, "When.")
        }
    }
}

/// The columns of `work_item_comments`: a comment on a work item.
package enum WorkItemCommentColumns: Int, TableColumns {
    case id, workItemID, authorID, body, createdAt, updatedAt

    package static let table: TableName = "work_item_comments"
    package static let meaning = "A comment on a work item."
    package static let owner: Self? = .workItemID
    package static let version: Self? = .updatedAt
    package static let indexes: [[Self]] = [[.workItemID, .createdAt]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id.")
        case .workItemID: .reference("work_item_id", to: "work_items", "The item.", required: true)
        case .authorID: .reference("author_id", to: "people", "Who wrote it.")
        case .body: .optional("body", .text, "Text as plain text.")
        case .createdAt: .optional("created_at", .instant, "When it was written.")
        case .updatedAt: .optional("updated_at", .instant, "When it last changed.")
        }
    }
}

/// The columns of `worklogs`: time logged on a work item.
package enum WorklogColumns: Int, TableColumns {
    case id, workItemID, authorID, seconds, body, startedAt, updatedAt

    package static let table: TableName = "worklogs"
    package static let meaning = "Time logged on a work item."
    package static let owner: Self? = .workItemID
    package static let version: Self? = .updatedAt
    package static let indexes: [[Self]] = [[.workItemID], [.authorID, .startedAt]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id.")
        case .workItemID: .reference("work_item_id", to: "work_items", "The item.", required: true)
        case .authorID: .reference("author_id", to: "people", "Who worked.")
        case .seconds: .required("seconds", .integer, "Time in seconds.")
        case .body: .optional("body", .text, "Comment as plain text.")
        case .startedAt: .optional("started_at", .instant, "When the work began.")
        case .updatedAt: .optional("updated_at", .instant, "When the entry last changed.")
        }
    }
}
