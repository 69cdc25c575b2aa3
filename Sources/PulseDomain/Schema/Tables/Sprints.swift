/// The columns of `sprints`: a sprint or iteration.
package enum SprintColumns: Int, TableColumns {
    case id, name, state, boardID, boardName, goal, startsAt, endsAt, completedAt

    package static let table: TableName = "sprints"
    package static let meaning = "A sprint or iteration."

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id.")
        case .name: .required("name", .text, "Name.")
        case .state: .required("state", .text, "One of future, active, closed.")
        case .boardID: .optional("board_id", .text, "The board that owns it.")
        case .boardName: .optional("board_name", .text, "That board's name.")
        case .goal: .optional("goal", .text, "Goal.")
        case .startsAt: .optional("starts_at", .instant, "Planned or real start.")
        case .endsAt: .optional("ends_at", .instant, "Planned end.")
        case .completedAt: .optional("completed_at", .instant, "Real end.")
        }
    }
}

/// The columns of `sprint_work_items`: that a work item is or was in a sprint.
package enum SprintWorkItemColumns: Int, TableColumns {
    case id, workItemID, sprintID

    package static let table: TableName = "sprint_work_items"
    package static let meaning = "That a work item is or was in a sprint."
    package static let owner: Self? = .workItemID
    package static let indexes: [[Self]] = [[.sprintID], [.workItemID]]

    package var column: Column {
        switch self {
        case .id: .key("id", "Sprint id, a colon, work-item id.")
        case .workItemID: .reference("work_item_id", to: "work_items", "The item.", required: true)
        case .sprintID: .reference("sprint_id", to: "sprints", "The sprint.", required: true)
        }
    }
}
