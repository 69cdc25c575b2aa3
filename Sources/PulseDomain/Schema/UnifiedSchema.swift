/// The unified multi-tenant schema (DESIGN §7).
package enum UnifiedSchema {
    /// Every table, owners before what they own.
    package static let tables: [Table] = [
        Table(PersonColumns.self), Table(ProjectColumns.self), Table(WorkItemTypeColumns.self),
        Table(StatusColumns.self), Table(WorkItemColumns.self), Table(WorkItemAliasColumns.self),
        Table(WorkItemChangeColumns.self), Table(WorkItemCommentColumns.self), Table(WorklogColumns.self),
        Table(WorkItemLinkColumns.self), Table(SprintColumns.self), Table(SprintWorkItemColumns.self),
        Table(RepositoryColumns.self), Table(ReleaseColumns.self), Table(PullRequestColumns.self),
        Table(PullRequestCommitColumns.self), Table(PullRequestReviewColumns.self),
        Table(PullRequestCommentColumns.self), Table(CommitColumns.self), Table(BuildColumns.self),
        Table(DeploymentColumns.self), Table(WorkItemPullRequestColumns.self), Table(WorkItemCommitColumns.self),
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })

    package static func table(_ name: TableName) -> Table? { byName[name] }

    /// The table that `Columns` declares.
    package static func table<Columns: TableColumns>(of type: Columns.Type) -> Table {
        // Every declaration is listed in `tables`; a test holds it so, and the fallback is the same data.
        byName[Columns.table] ?? Table(Columns.self)
    }

    /// The tables whose rows are owned by rows of `name`, directly.
    package static func owned(by name: TableName) -> [Table] {
        tables.filter { table in table.owner.flatMap { table.columns[$0].refersTo } == name }
    }
}
