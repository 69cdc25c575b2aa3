import PulseDomain
import Testing

let workItemViewBehaviours: [Behaviour] = [
    Behaviour("times of work items are what their history tells, and null where it does not") { fixture in
        let world = try await WorkItemCase.load(WorkItemCase.all, fixture)
        try await world.expect(
            "v_work_item_times", by: "id",
            Dictionary(uniqueKeysWithValues: WorkItemCase.all.map { ($0.id, $0.expected) }))
    },
    Behaviour("visits to a status that was re-entered are counted and added up") { fixture in
        let world = try await WorkItemCase.load(
            [
                WorkItemCase(
                    "back and forth",
                    [("10:00", "todo", "progress"), ("12:00", "progress", "todo"), ("15:00", "todo", "progress")]),
                WorkItemCase("without history", [], category: "todo"),
            ], fixture)
        let rows = try await world.rows(of: "v_work_item_status_times")
        let told = rows.map { row in
            ["work_item_id", "status_id", "status", "category", "visits", "hours", "is_current", "last_left_at"]
                .map { row[$0, default: "?"].description }.joined(separator: "|")
        }
        #expect(
            told.sorted() == [
                "back and forth|progress|In Progress|in_progress|2.0|2.0|1.0|2025-01-06T12:00:00Z",
                "back and forth|todo|To Do|todo|2.0|13.0|0.0|2025-01-06T15:00:00Z",
                "without history|now|Now|todo|-|-|1.0|-",
            ])
    },
    Behaviour("weeks of work items are ISO weeks of UTC, whose year is that of their Thursday") { fixture in
        let world = try await ViewWorld(fixture)
        func item(_ id: String, created: String, done: String? = nil, points: Answer = nil) -> [WorkItemColumns: Answer]
        {
            [
                .id: .text(id), .projectID: "10", .createdAt: .text(created),
                .statusCategory: done == nil ? "todo" : "done", .resolvedAt: done.map { .text($0) } ?? nil,
                .storyPoints: points,
            ]
        }
        try await world.load(ProjectColumns.self, [[.id: "10", .key: "PAY", .name: "Payments"]])
        try await world.load(
            WorkItemColumns.self,
            [
                item("1", created: "2024-12-29T23:59:59.999Z"),
                // A Monday in New York's Sunday evening.
                item("2", created: "2024-12-29T19:00:00-05:00", done: "2025-01-02 00:00Z", points: 2),
                item("3", created: "2025-01-05T23:59:59Z", done: "2025-01-05T23:59:59Z"),
                item("4", created: "2027-01-03 12:00Z"),
                item("5", created: "2025-01-02 00:00Z", done: "2025-01-03 00:00Z", points: 0.5),
            ])
        try await world.expect(
            "v_work_item_throughput_by_week", by: "week",
            [
                "2024-W52": [
                    "week_begins_on": "2024-12-23", "project_key": "PAY", "created": 1, "done": 0, "done_points": nil,
                    "lead_time_hours": nil, "cycle_time_hours": nil,
                ],
                "2025-W01": [
                    "week_begins_on": "2024-12-30", "created": 3, "done": 3, "done_points": 2.5, "lead_time_hours": 24,
                    "cycle_time_hours": nil,
                ],
                "2026-W53": ["week_begins_on": "2026-12-28", "created": 1, "done": 0],
            ])
    },
    Behaviour("an item that is gone is in no view") { fixture in
        let world = try await WorkItemCase.load([WorkItemCase("a", []), WorkItemCase("b", [])], fixture)
        try await world.keepOnly(["b"], of: "work_items")
        try await world.expect("v_work_item_times", by: "id", ["b": [:]])
        try await world.expect("v_work_item_status_times", by: "work_item_id", ["b": [:]])
        try await world.expect("v_work_item_throughput_by_week", by: "week", ["2025-W02": ["created": 1]])
    },
]

/// A work item, created at midnight, with the changes of its status during the day.
private struct WorkItemCase {
    let id: String
    let changes: [(at: String, from: String, to: String)]
    var category: Answer
    var createdAt: Answer = .hour("00:00")
    var resolvedAt: Answer
    let expected: [String: Answer]

    init(
        _ id: String, _ changes: [(at: String, from: String, to: String)], category: Answer = "done",
        createdAt: Answer = .hour("00:00"), resolvedAt: Answer = nil, _ expected: [String: Answer] = [:]
    ) {
        self.id = id
        self.changes = changes
        self.category = category
        self.createdAt = createdAt
        self.resolvedAt = resolvedAt
        self.expected = expected
    }

    static let all: [WorkItemCase] = [
        WorkItemCase(
            "straight", [("10:00", "todo", "progress"), ("14:00", "progress", "review"), ("20:00", "review", "done")],
            [
                "started_at": .hour("10:00"), "done_at": .hour("20:00"), "lead_time_hours": 20, "cycle_time_hours": 10,
                "in_progress_hours": 10, "review_hours": 6, "reopened": 0, "project_key": "PAY",
            ]),
        WorkItemCase(
            "status re-entered",
            [
                ("10:00", "todo", "progress"), ("12:00", "progress", "todo"), ("15:00", "todo", "progress"),
                ("20:00", "progress", "done"),
            ],
            [
                "started_at": .hour("10:00"), "cycle_time_hours": 10, "in_progress_hours": 7, "review_hours": nil,
                "reopened": 0,
            ]),
        WorkItemCase(
            "reopened and done again",
            [
                ("10:00", "todo", "progress"), ("12:00", "progress", "done"), ("14:00", "done", "progress"),
                ("20:00", "progress", "done"),
            ],
            [
                "done_at": .hour("20:00"), "lead_time_hours": 20, "cycle_time_hours": 10, "in_progress_hours": 8,
                "reopened": 1,
            ]),
        WorkItemCase(
            "reopened and open",
            [("10:00", "todo", "progress"), ("12:00", "progress", "done"), ("14:00", "done", "todo")],
            category: "todo", resolvedAt: .hour("12:00"),
            [
                "started_at": .hour("10:00"), "done_at": nil, "lead_time_hours": nil, "cycle_time_hours": nil,
                "in_progress_hours": 2, "reopened": 1,
            ]),
        WorkItemCase(
            "done, then closed",
            [("10:00", "todo", "progress"), ("12:00", "progress", "done"), ("18:00", "done", "closed")],
            ["done_at": .hour("12:00"), "lead_time_hours": 12, "cycle_time_hours": 2, "reopened": 0]),
        WorkItemCase(
            "done without history", [], resolvedAt: .hour("20:00"),
            [
                "started_at": nil, "done_at": .hour("20:00"), "lead_time_hours": 20, "cycle_time_hours": nil,
                "in_progress_hours": nil, "review_hours": nil, "reopened": nil,
            ]),
        WorkItemCase(
            "done, and nobody knows when", [],
            ["started_at": nil, "done_at": nil, "lead_time_hours": nil, "cycle_time_hours": nil, "reopened": nil]),
        WorkItemCase(
            "done without work", [("20:00", "todo", "done")],
            [
                "started_at": nil, "done_at": .hour("20:00"), "lead_time_hours": 20, "cycle_time_hours": nil,
                "in_progress_hours": nil,
            ]),
        WorkItemCase(
            "created in progress", [("20:00", "progress", "done")],
            ["started_at": .hour("00:00"), "lead_time_hours": 20, "cycle_time_hours": 20, "in_progress_hours": 20]),
        WorkItemCase(
            "open without history", [], category: "in_progress",
            ["started_at": nil, "done_at": nil, "reopened": nil, "in_progress_hours": nil]),
        WorkItemCase(
            "in review now", [("10:00", "todo", "progress"), ("14:00", "progress", "review")], category: "in_progress",
            ["started_at": .hour("10:00"), "in_progress_hours": 4, "review_hours": nil, "reopened": 0]),
        WorkItemCase(
            "creation not told", [("10:00", "todo", "progress"), ("20:00", "progress", "done")], createdAt: nil,
            ["created_at": nil, "done_at": .hour("20:00"), "lead_time_hours": nil, "cycle_time_hours": 10]),
        WorkItemCase(
            "ends in a status that nobody knows", [("10:00", "todo", "progress"), ("20:00", "progress", "lost")],
            resolvedAt: .hour("21:00"),
            ["started_at": .hour("10:00"), "done_at": .hour("21:00"), "cycle_time_hours": 11, "in_progress_hours": 10]),
    ]

    static func load(_ cases: [WorkItemCase], _ fixture: any StoreFixture) async throws -> ViewWorld {
        let world = try await ViewWorld(fixture)
        try await world.load(ProjectColumns.self, [[.id: "10", .key: "PAY", .name: "Payments"]])
        try await world.load(
            StatusColumns.self,
            [
                [.id: "todo", .name: "To Do", .category: "todo"],
                [.id: "progress", .name: "In Progress", .category: "in_progress"],
                [.id: "review", .name: "Code Review", .category: "in_progress"],
                [.id: "done", .name: "Done", .category: "done"], [.id: "closed", .name: "Closed", .category: "done"],
            ])
        try await world.load(
            WorkItemColumns.self,
            cases.map {
                [
                    .id: .text($0.id), .projectID: "10", .statusID: "now", .status: "Now",
                    .statusCategory: $0.category, .createdAt: $0.createdAt, .resolvedAt: $0.resolvedAt,
                ]
            })
        let texts = ["review": "Code Review"]
        try await world.load(
            WorkItemChangeColumns.self,
            cases.flatMap { item in
                item.changes.enumerated().map { index, change in
                    [
                        .id: .text("\(item.id):\(index)"), .workItemID: .text(item.id), .field: "status",
                        .fromID: .text(change.from), .fromText: .text(texts[change.from] ?? change.from),
                        .toID: .text(change.to), .toText: .text(texts[change.to] ?? change.to),
                        .changedAt: .hour(change.at),
                    ]
                } + [
                    // A change of something else tells nothing about the status.
                    [
                        .id: .text("\(item.id):x"), .workItemID: .text(item.id), .field: "priority",
                        .fromID: "progress", .toID: "done", .changedAt: .hour("11:00"),
                    ]
                ]
            })
        return world
    }
}
