/// Why a store is not copied. Nothing was changed.
package enum StoreCopyError: Error, Sendable, Hashable {
    /// The target holds data of the tenant that no copy brought: so many rows.
    case targetHolds(String, rows: Int, table: String)
    /// A copy of another store was begun there.
    case otherSource(String)
    /// The source was used since the copy was interrupted.
    case sourceChanged(String)
    /// The copy is complete: what is there may be in use.
    case finished(String)

    /// Stable, for logs and scripts.
    package var code: String {
        switch self {
        case .targetHolds: "copy.target_holds"
        case .otherSource: "copy.other_source"
        case .sourceChanged: "copy.source_changed"
        case .finished: "copy.finished"
        }
    }

    package var sentence: String {
        switch self {
        case .targetHolds(let location, let rows, let table):
            "\(location) holds data of this tenant already (\(rows) rows in \(table)); nothing was copied."
        case .otherSource(let location): "A copy of another store was begun in \(location); nothing was copied."
        case .sourceChanged: "The source was used since the copy was interrupted; nothing more was copied."
        case .finished(let location): "The copy in \(location) is complete; it is not begun again."
        }
    }

    package var remedy: String {
        switch self {
        case .targetHolds: "Choose an empty database, or take this tenant's data out: pulse store tenants remove."
        case .otherSource, .sourceChanged:
            "With --restart what the unfinished copy left is removed, and it begins again."
        case .finished: "Without --restart it is compared once more."
        }
    }
}
