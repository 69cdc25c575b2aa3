extension AnalystView {
    static let workItemTimes = AnalystView(
        name: "v_work_item_times",
        meaning: """
            How long each work item took. Lead time is from its creation until it was done; cycle time from when it \
            was first in a status of category in_progress until it was done (Kanban Guide: from when work started to \
            when it finished). Times come from the changes of its status; null is what they do not tell.
            """,
        columns: [
            .tenant, .source,
            .text("id", "The work item's id."),
            .text("key", "Its key today."),
            .text("title", "Its title."),
            .text("project_id", "Its project."),
            .text("project_key", "Its project's key; null while the project is not loaded."),
            .text("type", "Name of its type."),
            .text("status", "Name of its status."),
            .text("status_category", "Its status' category: todo, in_progress, done or unknown."),
            .real("story_points", "Its estimate in points; null where it has none."),
            .instant("created_at", "When it was created."),
            .instant(
                "started_at",
                "When it was first in a status of category in_progress; null where it never was, or has no history."),
            .instant(
                "done_at",
                """
                When it came into category done and stayed there; where its history does not tell, when the provider \
                says that it was resolved. Null while it is not done, also when it was reopened.
                """),
            .count(
                "reopened", "How often it went from category done back to todo or in_progress; null without history."),
            .real("lead_time_hours", "From created_at to done_at."),
            .real("cycle_time_hours", "From started_at to done_at."),
            .real(
                "in_progress_hours",
                """
                Time in statuses of category in_progress, all visits together; a visit that goes on is not counted. \
                Null where there was none.
                """),
            .real(
                "review_hours",
                "The part of in_progress_hours in statuses whose name contains \"review\". Null where there was none."),
        ],
        query: { dialect in
            """
            WITH moves AS (
            \(statusMoves)
            ), visits AS (
            \(statusVisits)
            ), spent AS (
                SELECT tenant, source, work_item_id,
                    min(CASE WHEN category = 'in_progress' THEN entered_at END) AS started_at,
                    sum(CASE WHEN category = 'in_progress' THEN span END) AS in_progress,
                    sum(CASE WHEN category = 'in_progress' AND lower(status) LIKE '%review%' THEN span END) AS review
                FROM (SELECT visits.*, \(dialect.span("entered_at", "left_at")) AS span FROM visits) AS measured
                GROUP BY tenant, source, work_item_id
            ), turns AS (
                SELECT tenant, source, work_item_id,
                    max(CASE WHEN coalesce(to_category, '') <> 'done' THEN place ELSE 0 END) AS last_open,
                    sum(CASE WHEN from_category = 'done' AND to_category IN ('todo', 'in_progress') THEN 1 ELSE 0 END)
                        AS reopened
                FROM moves GROUP BY tenant, source, work_item_id
            ), items AS (
                SELECT item.*, project.key AS project_key, spent.started_at, spent.in_progress, spent.review,
                    turns.reopened,
                    CASE WHEN item.status_category = 'done' THEN coalesce(finish.changed_at, item.resolved_at) END
                        AS done_at
                FROM work_items AS item
                LEFT JOIN projects AS project ON project.tenant = item.tenant AND project.source = item.source
                    AND project.id = item.project_id AND project.deleted_at IS NULL
                LEFT JOIN spent ON spent.tenant = item.tenant AND spent.source = item.source
                    AND spent.work_item_id = item.id
                LEFT JOIN turns ON turns.tenant = item.tenant AND turns.source = item.source
                    AND turns.work_item_id = item.id
                LEFT JOIN moves AS finish ON finish.tenant = item.tenant AND finish.source = item.source
                    AND finish.work_item_id = item.id AND finish.place = turns.last_open + 1
                WHERE item.deleted_at IS NULL
            )
            SELECT items.*,
                \(dialect.hours("created_at", "done_at")) AS lead_time_hours,
                \(dialect.hours("started_at", "done_at")) AS cycle_time_hours,
                \(SQLDialect.hours("in_progress")) AS in_progress_hours,
                \(SQLDialect.hours("review")) AS review_hours
            FROM items
            """
        })

    static let workItemStatusTimes = AnalystView(
        name: "v_work_item_status_times",
        meaning: """
            How long each work item was in each status that it was in, all its visits to the status together. An item \
            whose status never changed has one row, that of its status, without times: since when it is there is not \
            told.
            """,
        columns: [
            .tenant, .source,
            .text("work_item_id", "The work item."),
            .text("key", "Its key today."),
            .text("project_id", "Its project."),
            .text("status_id", "The status."),
            .text("status", "The status' name today, or as it was shown then."),
            .text("category", "The status' category: todo, in_progress, done; null or unknown when not known."),
            .flag("is_current", "Whether the item is there now, as far as its history tells."),
            .count("visits", "How often it came there; null without history."),
            .instant("first_entered_at", "When it first came there; null when not known."),
            .instant("last_left_at", "When it last left; null when it never did."),
            .real("hours", "Time of the visits that ended; null where none did or their begin is not known."),
        ],
        query: { dialect in
            """
            WITH moves AS (
            \(statusMoves)
            ), visits AS (
            \(statusVisits)
            ), stays AS (
                SELECT tenant, source, work_item_id, status_id, max(status) AS status, category, count(*) AS visits,
                    count(*) > count(left_at) AS is_current, min(entered_at) AS first_entered_at,
                    max(left_at) AS last_left_at, sum(\(dialect.span("entered_at", "left_at"))) AS span
                FROM visits
                GROUP BY tenant, source, work_item_id, status_id, coalesce(status_id, status), category
                UNION ALL
                SELECT tenant, source, id, status_id, status, status_category, NULL, TRUE, NULL, NULL, NULL
                FROM work_items
                WHERE deleted_at IS NULL AND status IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM moves WHERE moves.tenant = work_items.tenant AND moves.source = work_items.source
                        AND moves.work_item_id = work_items.id)
            )
            SELECT stay.tenant, stay.source, stay.work_item_id, item.key, item.project_id, stay.status_id,
                coalesce(named.name, stay.status) AS status, stay.category, stay.is_current, stay.visits,
                stay.first_entered_at, stay.last_left_at, \(SQLDialect.hours("stay.span")) AS hours
            FROM stays AS stay
            JOIN work_items AS item ON item.tenant = stay.tenant AND item.source = stay.source
                AND item.id = stay.work_item_id
            LEFT JOIN statuses AS named ON named.tenant = stay.tenant AND named.source = stay.source
                AND named.id = stay.status_id
            """
        })

    /// Each change of a status, numbered within its item. Statuses that are gone still say what their category was.
    private static let statusMoves = """
        SELECT change.tenant, change.source, change.work_item_id, change.changed_at, change.from_id,
            change.from_text, change.to_id, change.to_text, earlier.category AS from_category,
            later.category AS to_category, item.created_at, row_number() OVER history AS place,
            lead(change.changed_at) OVER history AS left_at
        FROM work_item_changes AS change
        JOIN work_items AS item ON item.tenant = change.tenant AND item.source = change.source
            AND item.id = change.work_item_id AND item.deleted_at IS NULL
        LEFT JOIN statuses AS earlier ON earlier.tenant = change.tenant AND earlier.source = change.source
            AND earlier.id = change.from_id
        LEFT JOIN statuses AS later ON later.tenant = change.tenant AND later.source = change.source
            AND later.id = change.to_id
        WHERE change.deleted_at IS NULL AND coalesce(change.field_id, change.field) = 'status'
        WINDOW history AS (
            PARTITION BY change.tenant, change.source, change.work_item_id ORDER BY change.changed_at, change.id)
        """

    /// Each stay in a status, made of `moves`; the first one began with the item.
    private static let statusVisits = """
        SELECT tenant, source, work_item_id, from_id AS status_id, from_text AS status, from_category AS category,
            created_at AS entered_at, changed_at AS left_at
        FROM moves WHERE place = 1
        UNION ALL
        SELECT tenant, source, work_item_id, to_id, to_text, to_category, changed_at, left_at FROM moves
        """
}
